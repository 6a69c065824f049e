import { connect } from 'amqplib';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ServiceName, World } from '../world.js';
import { Violation, violation } from './violation.js';

/** What the store's clock and ours may differ by, in ms. */
const CLOCK_MS = 50;
const DEAD_LETTERS = [
  'sluice.event.export.ready.export-worker.dead',
  'sluice.event.export.finished.export-orchestrator.dead',
];

/** I3 and I8: nothing is left of what was under way, in store, folders, outbox, locks and queues. */
export async function checkLeftovers(world: World): Promise<readonly Violation[]> {
  return [
    ...(await checkStore(world)),
    ...(await checkStaged(world)),
    ...(await checkWorkFolders(world)),
    ...(await checkDatabase(world)),
    ...(await checkDeadLetters(world)),
  ];
}

/** A file that dead workers staged goes by its age, which no test waits for: here it is asked for at once. */
export async function reapStaged(world: World): Promise<readonly Violation[]> {
  await (await world.store.open()).removeStaged(0);
  const left = await world.store.staged();
  return left.map(({ name }) => violation('I8', `the store's reaper leaves ${name}`));
}

/** Only the file and manifest of the attempt that succeeded may be seen. */
async function checkStore(world: World): Promise<readonly Violation[]> {
  const rows = await world.database.query<{ id: string; tenant: string; attempt: number; name: string }[]>(
    `select id, tenant, (manifest ->> 'attempt')::int as attempt, file_name as name from export_job
      where state = 'Succeeded' and file_expires_at > clock_timestamp()`,
  );
  const allowed = new Set(
    rows
      .map(({ id, tenant, attempt, name }) => join(tenant, id, String(attempt), name))
      .flatMap((file) => [file, `${file}.manifest.json`]),
  );
  const found = await world.store.files();
  return found
    .filter((file) => !allowed.has(file))
    .map((file) => violation('I3', `${file} belongs to no file of a job`));
}

/** Nothing is staged while nothing runs, but for what a worker had staged when it was killed. */
async function checkStaged(world: World): Promise<readonly Violation[]> {
  const staged = await world.store.staged();
  return staged
    .filter(({ writtenAt }) => writtenAt > world.marks.workerKilledAt + CLOCK_MS)
    .map(({ name }) => violation('I8', `${name} is still staged`));
}

/** The pipes and spilled data of engines. */
async function checkWorkFolders(world: World): Promise<readonly Violation[]> {
  const workers: readonly ServiceName[] = ['worker-1', 'worker-2'];
  const found = await Promise.all(
    workers.map(async (name) => {
      const left = await readdir(join(world.home(name), 'work')).catch(() => []);
      return left.map((entry) => violation('I8', `${name} left ${entry} in its work folder`));
    }),
  );
  return found.flat();
}

async function checkDatabase(world: World): Promise<readonly Violation[]> {
  const [left] = await world.database.query<{ outbox: number; locks: number; open: number }[]>(
    `select (select count(*) from outbox)::int as outbox,
      (select count(*) from pg_locks where locktype = 'advisory')::int as locks,
      (select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'
        and state_change < clock_timestamp() - interval '1 second')::int as open`,
  );
  return Object.entries(left ?? {})
    .filter(([, count]) => count > 0)
    .map(([what, count]) => violation('I8', `${count} left in the database: ${what}`));
}

async function checkDeadLetters(world: World): Promise<readonly Violation[]> {
  const model = await connect(world.servers.urls.rabbitmq);
  try {
    const channel = await model.createChannel();
    const found: Violation[] = [];
    for (const queue of DEAD_LETTERS) {
      const { messageCount } = await channel.checkQueue(queue);
      if (messageCount > 0)
        found.push(violation('I8', `${messageCount} messages were set aside in ${queue}`));
    }
    return found;
  } finally {
    await model.close();
  }
}
