import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgres } from './postgres.mjs';
import { rabbitmq } from './rabbitmq.mjs';

/**
 * Servers that a test may crash and start again, in a process of their own, which is to be forked: it tells `{urls}` once they are
 * up, then takes `{id, server, act}` with `act` one of `crash` (SIGKILL to all of its processes; Postgres: SIGQUIT, its immediate
 * shutdown) and `start`, and answers `{id, error}`. When its parent goes, it ends them.
 */
const SERVERS = { postgres, rabbitmq };
/** A crash must cost no commit, and nothing else is asked of the disk: the machine stays up. */
const SETTINGS = { postgres: { synchronous_commit: 'on' }, rabbitmq: {} };

const folder = mkdtempSync(join(tmpdir(), 'sluice-servers-'));
const running = {};

async function startAll() {
  const names = Object.keys(SERVERS);
  const started = await Promise.allSettled(names.map((name) => startOne(name)));
  const failed = started.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
  return Object.fromEntries(names.map((name) => [name, running[name].url]));
}

async function startOne(name) {
  const server = SERVERS[name];
  const program = server.findProgram();
  if (!program) throw new Error(`${name} is not installed (${server.packages.join(', ')}).`);
  running[name] = await server.start({ program, folder: join(folder, name), settings: SETTINGS[name] });
}

const acts = {
  /** Resolves when nothing of it runs any more. */
  async crash(name) {
    const { server } = running[name];
    if (name === 'postgres') process.kill(server.pid, 'SIGQUIT');
    else process.kill(-server.pid, 'SIGKILL');
    await server.stop();
  },
  async start(name) {
    running[name] = { ...running[name], server: await running[name].launch() };
  },
};

async function stopAll() {
  for (const { server, stop } of Object.values(running)) await server.stop().finally(stop);
  rmSync(folder, { recursive: true, force: true });
}

process.on('message', async ({ id, server, act }) => {
  const error = await acts[act](server).then(() => null, (fault) => fault.message); // prettier-ignore
  process.send({ id, error });
});
process.on('disconnect', async () => {
  await stopAll();
  process.exit(0);
});
await startAll().then(
  (urls) => process.send({ urls }),
  async (error) => {
    await stopAll();
    process.send({ error: error.message });
  },
);
