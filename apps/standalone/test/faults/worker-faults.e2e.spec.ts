import { until } from './until.js';
import { verifyWorld } from './verify/verify-world.js';
import { World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await World.create();
}, 180_000);
afterAll(() => world.destroy(), 60_000);

/** So many jobs that both workers have some, whichever the broker begins with. */
const JOBS = 4;

async function submitSome(): Promise<readonly string[]> {
  return Promise.all(Array.from({ length: JOBS }, () => world.callers.CA.submit()));
}

const ended = (jobs: readonly string[]): Promise<readonly string[]> =>
  Promise.all(jobs.map(async (job) => (await world.callers.CA.ended(job)).state));

describe('a worker that is killed (R1)', () => {
  it.each([
    'worker.received',
    'worker.claimed',
    'worker.query-started',
    'worker.chunk:1',
    'worker.chunk:40',
    'worker.file-staged',
    'worker.manifest-staged',
    'worker.recorded',
    'worker.before-publish',
    'worker.file-shown',
    'worker.published',
    'worker.told',
  ])(
    'at %s loses no job and leaves nothing',
    async (failpoint) => {
      await world.restart('worker-1', failpoint);
      const jobs = await submitSome();
      await world.killedItself('worker-1');
      expect(new Set(await ended(jobs))).toEqual(new Set(['Succeeded']));
      await world.mend();
      expect(await verifyWorld(world)).toEqual([]);
    },
    120_000,
  );
});
void until;
