import { setTimeout as sleep } from 'node:timers/promises';
import { readHistory } from './job-history.js';
import { SLOW, stopped, underWay } from './under-way.js';
import { until } from './until.js';
import { useWorld } from './use-world.js';
import { ServiceName, World } from './world.js';

let world: World;
useWorld((made) => (world = made));

const SWEEP = Boolean(process.env['SLUICE_FAULT_SWEEP']);
const TEST_MS = SWEEP ? 1_800_000 : 240_000;
const WORKERS: readonly ServiceName[] = ['worker-1', 'worker-2'];
/** As many as the workers run at once: no job waits for another one. */
const LANES = 4;
const RACES = SWEEP ? 1_000 : 100;
const CANCELS = SWEEP ? 400 : 24;

/** One job, canceled after a while; gives the state that it kept. */
async function race(afterMs: number): Promise<string> {
  const caller = world.callers.CA;
  const jobId = await caller.submit('small');
  await sleep(afterMs);
  const told = await canceled(jobId);
  const { state } = await caller.ended(jobId);
  // What the cancel was answered with is how it stays.
  expect(told).toBe(state);
  return state;
}

/** The state that a cancel is answered with; asked again when it took too long to answer, which harms nothing. */
function canceled(jobId: string): Promise<string> {
  return until(`the cancel of ${jobId} is answered`, async () => {
    const answer = await world.callers.CA.cancel(jobId);
    const { state } = (await answer.json()) as { readonly state?: string };
    return answer.ok ? state : undefined;
  });
}

/** Comes earlier after a success, and later after a cancel, so that most races are close. */
async function lane(races: number, firstMs: number): Promise<readonly string[]> {
  const ends: string[] = [];
  let afterMs = firstMs;
  for (let done = 0; done < races; done++) {
    const end = await race(afterMs);
    ends.push(end);
    afterMs = end === 'Succeeded' ? afterMs * 0.8 : afterMs * 1.25 + 1;
  }
  return ends;
}

describe('a job that is canceled', () => {
  it(
    'at the moment of its success is either canceled or succeeds, and the caller is told which (R16)',
    async () => {
      const lanes = Array.from({ length: LANES }, (_, index) => lane(RACES / LANES, 50 + 50 * index));
      const ends = (await Promise.all(lanes)).flat();
      expect(ends).toHaveLength(RACES);
      // Each side won, or there was no race; nothing else came of any.
      expect(new Set(ends)).toEqual(new Set(['Canceled', 'Succeeded']));
      // Canceled under the hands of a worker, not only before one had them.
      const running = (await readHistory(world.database)).filter(({ old_state }) => old_state === 'Running');
      expect(new Set(running.map(({ new_state }) => new_state))).toEqual(new Set(['Canceled', 'Succeeded']));
    },
    TEST_MS,
  );

  it(
    'while it runs has no worker, no staged file and no slot any more within 2 s (R16)',
    async () => {
      // As often as a worker asks unless it is told otherwise, and the file far from its end.
      for (const name of WORKERS) await world.restart(name, SLOW, { SLUICE_EXPORT_RENEW_EVERY_MS: '1000' });
      const effects: number[] = [];
      for (let done = 0; done < CANCELS; done += LANES) {
        effects.push(...(await Promise.all(Array.from({ length: LANES }, cancelUnderWay))));
      }
      expect(Math.max(...effects.sort((a, b) => a - b).slice(0, Math.ceil(0.99 * CANCELS)))).toBeLessThan(
        2_000,
      );
      for (const name of WORKERS) await world.restart(name);
    },
    TEST_MS,
  );

  it.each(['worker.lease-lost', 'worker.cleanup'])(
    'and whose worker is killed at %s, while it gives up, stays canceled and leaves nothing (R1)',
    async (failpoint) => {
      await world.kill('worker-2');
      await world.restart('worker-1', `${SLOW},${failpoint}`);
      const { CA: caller } = world.callers;
      const job = await caller.submit();
      await underWay(caller, job);
      expect((await caller.cancel(job)).status).toBe(200);
      await world.killedItself('worker-1');
      await world.mend();
      expect((await caller.ended(job)).state).toBe('Canceled');
      expect((await caller.ended(await caller.submit('small'))).state).toBe('Succeeded');
    },
    TEST_MS,
  );

  it(
    'while its worker sleeps is over for the caller, and the worker gives up when it wakes (R16)',
    async () => {
      await world.kill('worker-2');
      await world.restart('worker-1', 'worker.before-publish:1:stop');
      const { CA: caller } = world.callers;
      const job = await caller.submit('small');
      await stopped(world, 'worker-1');
      expect((await caller.cancel(job)).status).toBe(200);
      expect((await caller.job(job)).state).toBe('Canceled');
      world.services['worker-1'].signal('SIGCONT');
      await givenUp(job);
    },
    TEST_MS,
  );
});

/** What the worker says, in its log, once it has stopped the engine and removed what it had staged. */
function givenUp(jobId: string): Promise<number> {
  return until(
    `a worker gives up ${jobId}`,
    () => {
      const lines = WORKERS.flatMap((name) => world.services[name].output.split('\n'));
      const line = lines.find((each) => each.includes(jobId) && each.includes('was canceled or taken over'));
      return line === undefined
        ? undefined
        : Date.parse((JSON.parse(line) as { readonly time: string }).time);
    },
    30_000,
    20,
  );
}

/** How long a cancel takes until the worker is free of the job, in ms. */
async function cancelUnderWay(): Promise<number> {
  const { CA: caller } = world.callers;
  const jobId = await caller.submit();
  await underWay(caller, jobId);
  const asked = Date.now();
  expect(await canceled(jobId)).toBe('Canceled');
  return (await givenUp(jobId)) - asked;
}
