import { Call, Fault } from '@sluice/object-store/test/fault-proxy.js';
import { S3Emulator } from '@sluice/object-store/test/s3-emulator.js';
import { SeenJob } from './caller.js';
import { until } from './until.js';
import { useWorld } from './use-world.js';
import { World } from './world.js';
import { s3WorldStore } from './world-store.js';

let s3: S3Emulator;
let world: World;
useWorld((made) => (world = made), {
  make: async () => {
    s3 = await S3Emulator.start();
    // The least that an upload has to be old to be reaped: 68 s, which is less than what is waited for after each test.
    const env = { SLUICE_EXPORT_TIMEOUT_MINUTES: '1', SLUICE_EXPORT_REAP_MARGIN_MINUTES: '0' };
    return World.create({ store: s3WorldStore(s3), env });
  },
  heal: () => s3.proxy.reset(),
  after: () => s3.stop(),
});

const TEST_MS = 180_000;
/** Four attempts of which each waits for a call and for its giving up, the pauses between them, and a loaded machine. */
const BOUND_MS = 90_000;
const REAPED_MS = 100_000;

const STEPS = {
  begin: ({ method, query }: Call) => method === 'POST' && query.has('uploads'),
  part: ({ method, query }: Call) => method === 'PUT' && query.has('partNumber'),
  publish: ({ method, query }: Call) => method === 'POST' && query.has('uploadId'),
} as const;
type Step = keyof typeof STEPS;
const TRIES = 3;
const ERROR: Fault = { kind: 'status', status: 500, body: '<Error><Code>InternalError</Code></Error>' };

const BROKEN: readonly (readonly [Step, string, Fault])[] = [
  ['begin', 'status 500', ERROR],
  ['part', 'status 500', ERROR],
  ['publish', 'status 500', ERROR],
  ['part', 'a reset', { kind: 'reset' }],
  ['part', 'no answer', { kind: 'hang' }],
];

/** Breaks the calls of a step, so many times; tells how many it has broken. */
function breakAt(fits: (call: Call) => boolean, fault: Fault, times = Infinity): { readonly broken: number } {
  const told = { broken: 0 };
  s3.proxy.faultOf = (call) => {
    if (!fits(call) || told.broken >= times) return null;
    told.broken += 1;
    return fault;
  };
  return told;
}

/** Uploads that were given up. */
const givenUp = (): number =>
  s3.proxy.answered.filter(({ method, query }) => method === 'DELETE' && query.has('uploadId')).length;

const run = async (): Promise<SeenJob> =>
  world.callers.CA.ended(await world.callers.CA.submit('small'), BOUND_MS);

/** The slot is free for the next job, of this tenant and of others, and the same workers still work. */
async function nextSucceeds(): Promise<void> {
  s3.proxy.reset();
  const { CA, TX } = world.callers;
  const jobs = [CA.ended(await CA.submit('small')), TX.ended(await TX.submit('small'))];
  expect((await Promise.all(jobs)).map(({ state }) => state)).toEqual(['Succeeded', 'Succeeded']);
  expect(world.down()).toEqual([]);
}

describe('a store (R9)', () => {
  it.each(BROKEN)(
    'that breaks each %s (%s) for a while costs the job an attempt, and no more',
    async (step, _, fault) => {
      const told = breakAt(STEPS[step], fault, TRIES);
      expect(await run()).toMatchObject({ state: 'Succeeded', attempt: 2 });
      expect(told.broken).toBe(TRIES);
    },
    TEST_MS,
  );

  it.each(BROKEN)(
    'that breaks each %s (%s) for ever fails the job after four attempts, and frees its slot',
    async (step, _, fault) => {
      const told = breakAt(STEPS[step], fault);
      const before = givenUp();
      const end = await run();
      expect(end).toMatchObject({ state: 'Failed', attempt: 4, error: { code: 'unavailable' } });
      expect(JSON.stringify(end.error)).not.toMatch(/127\.0\.0\.1|s3|InternalError/i);
      // A hanging try may be all that a call has time for.
      expect(told.broken).toBeGreaterThanOrEqual(4);
      // Each attempt gives up what it began, at once: nothing has to be old for it.
      if (step !== 'begin') expect(givenUp() - before).toBeGreaterThanOrEqual(4);
      await nextSucceeds();
    },
    TEST_MS,
  );

  it(
    'that refuses fails the job at once: trying again would not help',
    async () => {
      const denied = '<Error><Code>AccessDenied</Code></Error>';
      breakAt(STEPS.part, { kind: 'status', status: 403, body: denied });
      const before = givenUp();
      expect(await run()).toMatchObject({ state: 'Failed', attempt: 1, error: { code: 'internal' } });
      expect(givenUp() - before).toBe(1);
      await nextSucceeds();
    },
    TEST_MS,
  );

  it(
    'that goes away before an upload can be given up is tidied once it is back and the upload is old',
    async () => {
      breakAt((call) => !STEPS.begin(call), ERROR);
      expect(await run()).toMatchObject({ state: 'Failed', error: { code: 'unavailable' } });
      expect((await world.store.staged()).length).toBeGreaterThan(0);
      await nextSucceeds();
      await until(
        'nothing is staged',
        async () => ((await world.store.staged()).length === 0 ? true : undefined),
        REAPED_MS,
      );
    },
    TEST_MS,
  );
});

describe('a store that did it, and whose answer is lost (R10)', () => {
  it.each<[Step, number]>([
    ['begin', 1],
    ['part', 1],
    ['part', Infinity],
    ['publish', 1],
    ['publish', Infinity],
  ])(
    'at %s, %d times',
    async (step, times) => {
      const told = breakAt(STEPS[step], { kind: 'lost-answer' }, times);
      const end = await run();
      expect(told.broken).toBeGreaterThan(0);
      const lostForGood = step === 'part' && times === Infinity;
      // What was published stands: the store is asked whose file it is.
      expect(end).toMatchObject(lostForGood ? { state: 'Failed' } : { state: 'Succeeded', attempt: 1 });
    },
    TEST_MS,
  );
});
