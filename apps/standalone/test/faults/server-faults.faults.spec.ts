import { until } from './until.js';
import { useWorld } from './use-world.js';
import { World } from './world.js';

let world: World;
useWorld((made) => (world = made));

const TEST_MS = 180_000;

const allSucceed = async (jobs: readonly string[]): Promise<void> => {
  const ended = await Promise.all(jobs.map((job) => world.callers.CA.ended(job, 90_000)));
  expect(ended.map(({ state }) => state)).toEqual(jobs.map(() => 'Succeeded'));
};

describe('an orchestrator', () => {
  it.each([
    ['between commit and publish (R2)', 'orchestrator.submitted'],
    ['between publish and mark (R3)', 'orchestrator.relayed'],
  ])(
    'that is killed %s loses no job and makes none twice',
    async (_, failpoint) => {
      await world.restart('orchestrator-1', failpoint);
      const caller = world.callers.CA;
      // Whichever orchestrator a submission reaches: some reach the one that is to die.
      const jobs = await Promise.all(Array.from({ length: 4 }, () => caller.submit('small')));
      await world.killedItself('orchestrator-1');
      expect(new Set(jobs).size).toBe(jobs.length);
      await allSucceed(jobs);
      const [{ count }] = await world.database.query<[{ count: number }]>(
        'select count(*)::int as count from export_job where id = any($1)',
        [jobs],
      );
      expect(count).toBe(jobs.length);
    },
    TEST_MS,
  );
});

describe('a broker', () => {
  it(
    'that crashes and comes back while jobs run and are submitted loses none (R4)',
    async () => {
      const caller = world.callers.CA;
      const before = await Promise.all(Array.from({ length: 4 }, () => caller.submit()));
      await world.crash('rabbitmq');
      const wanted = caller.next('small');
      const away = await caller.post(wanted);
      expect({ status: away.status, retryAfter: away.headers.get('retry-after') }).toEqual({
        status: 503,
        retryAfter: expect.stringMatching(/^\d+$/),
      });
      await world.servers.startAgain('rabbitmq');
      const taken = await until('a submission is taken', async () => {
        const answer = await caller.post(wanted);
        return answer.ok ? caller.take(wanted, answer) : void (await answer.body?.cancel());
      });
      await allSucceed([...before, taken]);
      // Nobody died of it.
      expect(world.down()).toEqual([]);
    },
    TEST_MS,
  );
});

describe('PostgreSQL', () => {
  it(
    'that crashes and comes back while jobs run loses none; meanwhile nothing is taken (R6)',
    async () => {
      const caller = world.callers.CA;
      const before = await Promise.all(Array.from({ length: 4 }, () => caller.submit()));
      await world.crash('postgres');
      const wanted = caller.next('small');
      const away = await caller.post(wanted);
      expect({ status: away.status, retryAfter: away.headers.get('retry-after') }).toEqual({
        status: 503,
        retryAfter: expect.stringMatching(/^\d+$/),
      });
      await world.servers.startAgain('postgres');
      const taken = await until('a submission is taken', async () => {
        const answer = await caller.post(wanted);
        return answer.ok ? caller.take(wanted, answer) : void (await answer.body?.cancel());
      });
      await allSucceed([...before, taken]);
      // Nobody died of it.
      expect(world.down()).toEqual([]);
    },
    TEST_MS,
  );
});
