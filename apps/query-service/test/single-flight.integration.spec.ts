import { startOrdersService } from './orders-service.js';
import { RunningService } from './running-service.js';

let service: RunningService;

beforeAll(async () => {
  service = await startOrdersService();
});
afterAll(() => service.close());

let turn = 0;
/** A query that nobody has asked before; its page does not tell its total. */
const fresh = () => ({
  select: ['id', { expr: `${turn++} + id`, as: 'x' }],
  filter: { column: 'id', op: 'gte', value: 0 },
  page: { limit: 2 },
});

/** Keeps the engine waiting until it is told to go on. */
function held(): () => void {
  let open = (): void => undefined;
  service.engine.gate = new Promise((resolve) => (open = resolve));
  service.engine.statements.length = 0;
  service.engine.signals.length = 0;
  return open;
}

async function untilAsked(): Promise<void> {
  while (service.engine.statements.length === 0) await new Promise(setImmediate);
}

describe('identical queries at the same time', () => {
  it('run once, and so does their total for other pages of the same filter', async () => {
    const open = held();
    const body = { ...fresh(), filter: { column: 'id', op: 'gt', value: 4 } };
    const asked = [
      ...Array.from({ length: 20 }, () => service.rows(body)),
      service.rows({ ...body, page: { limit: 3 } }),
    ];
    await untilAsked();
    open();
    const answers = await Promise.all(asked);
    expect(new Set(answers.slice(0, 20).map(({ rows }) => JSON.stringify(rows))).size).toBe(1);
    expect(answers.map(({ meta }) => meta.totalRows)).toEqual(Array(21).fill(18));
    const counts = service.engine.statements.filter((sql) => sql.startsWith('select count(*) from'));
    expect([counts.length, service.engine.statements.length]).toEqual([1, 3]);
    const other = await service.rows({ ...body, sort: ['score'], page: { limit: 1, offset: 4 } });
    expect(other.meta.totalRows).toBe(18);
    expect(service.engine.statements).toHaveLength(4);
  });

  it('go on for the others when one caller leaves, and stop with the last', async () => {
    const open = held();
    const body = { ...fresh(), count: 'none' };
    const [first, second] = [new AbortController(), new AbortController()];
    const asked = [first, second].map(({ signal }) =>
      service.run(body, { signal }).catch((error: unknown) => error),
    );
    await untilAsked();
    first.abort();
    await asked[0];
    expect(service.engine.signals[0]?.aborted).toBe(false);
    second.abort();
    await asked[1];
    while (service.engine.signals[0]?.aborted !== true) await new Promise(setImmediate);
    open();
    const { meta } = await service.rows(body);
    expect(meta.cached).toBe(false);
  });

  it('keep each caller’s own time limit', async () => {
    const open = held();
    const body = { ...fresh(), count: 'none' };
    const patient = service.rows(body);
    const hurried = service.run(body, { timeoutMs: 30 });
    await expect(hurried).rejects.toMatchObject({
      code: 'query-timeout',
      details: { limit: { name: 'waitMs', value: 30 } },
    });
    open();
    expect((await patient).rows).toHaveLength(2);
    expect(service.engine.statements).toHaveLength(1);
  });

  it('do not share with a caller that wants no cache', async () => {
    const open = held();
    const body = { ...fresh(), count: 'none' };
    const asked = [service.rows(body), service.rows(body, { noCache: true })];
    await untilAsked();
    open();
    await Promise.all(asked);
    expect(service.engine.statements).toHaveLength(2);
  });

  it('run nothing, nor compile anything, for a tag that still holds', async () => {
    const body = fresh();
    const { etag } = await service.run(body);
    held();
    const answer = await service.run(body, { ifNoneMatch: etag, noCache: true });
    expect(answer.status).toBe(304);
    expect(service.engine.statements).toEqual([]);
    service.engine.gate = Promise.resolve();
    expect((await service.run(body, { ifNoneMatch: etag, role: 'admin' })).status).toBe(200);
  });
});
