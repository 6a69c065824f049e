import { mostActive, readHistory } from './job-history.js';
import { SLOW } from './under-way.js';
import { useWorld } from './use-world.js';
import { ServiceName, World } from './world.js';

/** Two gateways, three query-services, two orchestrators, three workers: what one of each promises, all together promise. */
let world: World;
useWorld((made) => (world = made), { make: () => World.create({ many: true }) });

const GATEWAYS = ['gateway', 'gateway-2'] as const;
const QUERY_SERVICES = ['query', 'query-2', 'query-3'] as const;
const WORKERS = ['worker-1', 'worker-2', 'worker-3'] as const;
const ACTIVE_PER_TENANT = 10;
const PER_MINUTE = 50;

const times = <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));

interface Page {
  readonly rows: readonly object[];
  readonly meta: { readonly cached: boolean; readonly etag: string };
}

/** Through one gateway after the other. */
function query(body: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return world.callers.CA.fetch('/api/v1/query', { method: 'POST', body: JSON.stringify(body), headers });
}

/** How often pages were found in the cache, by each query-service. */
function hits(): Promise<readonly number[]> {
  return Promise.all(
    QUERY_SERVICES.map(async (name) => {
      const text = await (await fetch(`${await world.services[name].url}/metrics`)).text();
      const lines = text.matchAll(/^sluice_cache_lookups_total\{[^}]*result="hit"[^}]*\} (\d+)$/gm);
      return [...lines].reduce((sum, [, count]) => sum + Number(count), 0);
    }),
  );
}

describe('many of each', () => {
  it('share what one of them has answered, whoever is asked', async () => {
    const body = {
      dataset: 'small',
      filter: { column: 'id', op: 'gte', value: 17 },
      sort: ['id'],
      page: { limit: 20 },
    };
    const first = (await (await query(body)).json()) as Page;
    expect(first).toMatchObject({ meta: { cached: false } });
    const before = await hits();
    for (let turn = 0; turn < 12; turn++) {
      const page = (await (await query(body)).json()) as Page;
      expect(page).toMatchObject({ rows: first.rows, meta: { cached: true, etag: first.meta.etag } });
    }
    const found = (await hits()).map((count, index) => count - (before[index] ?? 0));
    expect(found.filter((count) => count > 0).length).toBeGreaterThan(1);
    for (let turn = 0; turn < 6; turn++) {
      expect((await query(body, { 'if-none-match': first.meta.etag })).status).toBe(304);
    }
  });

  it('count the requests of one client together', async () => {
    for (const name of GATEWAYS) {
      world.services[name].signal('SIGTERM');
      await world.services[name].ended();
      await world.services[name].start({ SLUICE_RATE_LIMIT_PER_MINUTE: String(PER_MINUTE) });
    }
    const statuses: number[] = [];
    for (let turn = 0; turn < PER_MINUTE + 20; turn++) {
      const answer = await query({ dataset: 'small', page: { limit: 1 } });
      await answer.body?.cancel();
      statuses.push(answer.status);
    }
    for (const name of GATEWAYS) await world.restartCleanly(name);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
    expect(statuses.filter((status) => status === 200)).toHaveLength(PER_MINUTE);
  });

  it('take fifty twins as one job, and know an Idempotency-Key that came to another gateway', async () => {
    const caller = world.callers.CA;
    const wanted = caller.next('small');
    const headers = { 'idempotency-key': 'many-of-each' };
    const answers = await times(50, () => caller.post(wanted, headers));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(49).fill(200), 202]);
    const jobs = new Set<string>();
    for (const answer of answers) jobs.add(await caller.take(wanted, answer));
    expect(jobs.size).toBe(1);
    const others = await times(2, () =>
      caller.post({ ...wanted, fromId: wanted.fromId - 1_000_000 }, headers),
    );
    expect(others.map(({ status }) => status)).toEqual([422, 422]);
    for (const jobId of jobs)
      expect(await caller.ended(jobId)).toMatchObject({ state: 'Succeeded', attempt: 1 });
  });

  it('run ten jobs of a tenant at once, never eleven, and let the other tenant in', async () => {
    const armed = async (names: readonly ServiceName[]): Promise<void> => {
      for (const name of names) await world.restart(name, SLOW, { SLUICE_EXPORT_CONCURRENCY: '5' });
    };
    await armed(WORKERS);
    // All are in the line before the first one can be claimed, so that whoever could take an eleventh has one to take.
    for (const name of WORKERS) world.services[name].signal('SIGSTOP');
    const jobs = await times(24, () => world.callers.CA.submit('small'));
    const other = await world.callers.TX.submit('small');
    for (const name of WORKERS) world.services[name].signal('SIGCONT');
    for (const jobId of jobs)
      expect(await world.callers.CA.ended(jobId, 120_000)).toMatchObject({ state: 'Succeeded' });
    expect(await world.callers.TX.ended(other)).toMatchObject({ state: 'Succeeded' });
    const all = [...jobs, other];
    const history = (await readHistory(world.database)).filter(({ job_id }) => all.includes(job_id));
    expect(mostActive(history)).toBe(ACTIVE_PER_TENANT);
    const started = history.filter(({ new_state }) => new_state === 'Running').map(({ job_id }) => job_id);
    expect(started.indexOf(other)).toBeLessThan(20);
    for (const name of WORKERS) await world.restart(name);
  });

  it('give a link that is good at each gateway', async () => {
    const caller = world.callers.CA;
    const ended = await caller.ended(await caller.submit('small'));
    const link = new URL(ended.result?.downloadUrl ?? '');
    const files = await Promise.all(
      GATEWAYS.map(async (name) => {
        const answer = await fetch(new URL(`${link.pathname}${link.search}`, await world.services[name].url));
        return { status: answer.status, bytes: (await answer.arrayBuffer()).byteLength };
      }),
    );
    expect(files).toEqual(GATEWAYS.map(() => ({ status: 200, bytes: ended.result?.bytes })));
  });
});
