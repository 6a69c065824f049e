import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgres } from './postgres.mjs';
import { installMissing } from './provision.mjs';
import { rabbitmq } from './rabbitmq.mjs';
import { redis } from './redis.mjs';

/**
 * Servers that a test may crash, stop, freeze and start again, in a process of their own, which is to be forked: it tells `{urls}` once
 * they are up, then takes `{id, server, act}` with `act` one of `crash` (SIGKILL to all of its processes; Postgres: SIGQUIT, its
 * immediate shutdown), `stop` (as its operator would), `start`, `freeze` and `thaw` (SIGSTOP and SIGCONT to all of its processes), and
 * answers `{id, error}`. When its parent goes, it ends them.
 */
const SERVERS = { postgres, rabbitmq, redis };
/** A crash must cost no commit, and nothing else is asked of the disk: the machine stays up. */
const SETTINGS = { postgres: { synchronous_commit: 'on' }, rabbitmq: {}, redis: {} };

const folder = mkdtempSync(join(tmpdir(), 'sluice-servers-'));
const running = {};
const frozen = new Set();

async function startAll() {
  const names = Object.keys(SERVERS);
  const missing = Object.values(SERVERS).filter((server) => !server.findProgram());
  await installMissing(missing, { say: () => undefined, folder });
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
  /** Resolves when nothing of it runs any more. */
  async stop(name) {
    await running[name].server.stop();
  },
  async start(name) {
    running[name] = { ...running[name], server: await running[name].launch() };
  },
  async freeze(name) {
    const { pid } = running[name].server;
    // The first of them is stopped before its children are looked for, so that it cannot have others meanwhile; theirs come with the next round.
    frozen.add(name);
    const stopped = new Set();
    for (let found = [pid]; found.length > 0; found = familyOf(pid).filter((one) => !stopped.has(one))) {
      for (const one of found) {
        stopped.add(one);
        signalTo(one, 'SIGSTOP');
      }
    }
  },
  async thaw(name) {
    for (const one of familyOf(running[name].server.pid).reverse()) signalTo(one, 'SIGCONT');
    frozen.delete(name);
  },
};

/** A process and all that descend from it. Groups would not do: each backend of Postgres has one of its own. */
function familyOf(pid) {
  const parents = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((entry) => [Number(entry), parentOf(entry)]);
  const family = [pid];
  for (const member of family) {
    for (const [one, parent] of parents) if (parent === member) family.push(one);
  }
  return family;
}

/** 0 for a process that has ended meanwhile. */
function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}

function signalTo(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

async function stopAll() {
  for (const [name, { server, stop }] of Object.entries(running)) {
    if (frozen.has(name)) await acts.thaw(name);
    await server.stop().finally(stop);
  }
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
