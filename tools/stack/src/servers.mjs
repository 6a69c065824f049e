import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aptInstall, whyNoInstall } from '../../services/apt.mjs';
import { postgres } from '../../services/postgres.mjs';
import { rabbitmq } from '../../services/rabbitmq.mjs';
import { redis } from '../../services/redis.mjs';
import { PlainError } from '../../workspace/src/plain-error.mjs';
import { startAzurite } from './azurite.mjs';
import { loadOrCreateJson } from './kept-json.mjs';

/** What is not kept for a test only: a power cut must cost no commit. */
const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };

const SERVERS = [
  { server: postgres, setting: 'SLUICE_POSTGRES_URL', more: { settings: DURABLE, reach: true } },
  { server: rabbitmq, setting: 'SLUICE_RABBITMQ_URL', more: { node: 'sluice' } },
  { server: redis, setting: 'SLUICE_REDIS_URL', more: {} },
];

/**
 * Starts PostgreSQL, RabbitMQ, Redis and, for that store, Azurite as processes on free ports of 127.0.0.1, with their data below
 * `home/servers`; those that the environment names are used instead.
 *
 * @param {{ home: string, store: 'azure' | 'local', env: NodeJS.ProcessEnv, say: (line: string) => void, signal: AbortSignal }} options
 * @returns {Promise<{ settings: Record<string, string>, stop: () => Promise<void> }>} variables for the services
 */
export async function startServers({ home, store, env, say, signal }) {
  const folder = join(home, 'servers');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const wanted = SERVERS.filter(({ setting }) => !env[setting]);
  await installMissing(wanted, { folder, say, signal });
  const passwords = await loadOrCreateJson(join(home, 'servers.json'), makePasswords);
  const starting = wanted.map(async ({ server, setting, more }) => {
    const started = await server.start({
      program: server.findProgram(),
      folder: join(folder, server.name),
      signal,
      password: passwords[server.name],
      ...more,
    });
    say(`${server.name} is ready at ${new URL(started.url).host}`);
    return { settings: { [setting]: started.url }, stop: started.stop };
  });
  if (store === 'azure') starting.push(startAzurite({ folder, key: passwords.azurite, say, signal }));
  return allOrNone(starting);
}

/** What was started is stopped again when one of them does not start. */
async function allOrNone(starting) {
  const outcomes = await Promise.allSettled(starting);
  const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const stop = async () => void (await Promise.all(started.map((server) => server.stop())));
  const failed = outcomes.find(({ status }) => status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return { settings: Object.assign({}, ...started.map(({ settings }) => settings)), stop };
}

function makePasswords() {
  const password = () => randomBytes(18).toString('hex');
  return {
    postgres: password(),
    rabbitmq: password(),
    redis: password(),
    azurite: randomBytes(64).toString('base64'),
  };
}

async function installMissing(wanted, { folder, say, signal }) {
  const missing = wanted.filter(({ server }) => !server.findProgram());
  if (missing.length === 0) return;
  const packages = missing.flatMap(({ server }) => server.packages);
  const obstacle = await whyNoInstall();
  if (obstacle) {
    const settings = missing.map(({ setting }) => setting).join(', ');
    throw new PlainError(
      `${packages.join(', ')} are missing and cannot be installed because ${obstacle}: install them, or set ${settings}.`,
    );
  }
  say(`installing ${packages.join(', ')} with apt-get (may take minutes)`);
  const logFile = join(folder, 'apt.log');
  writeFileSync(logFile, '', { mode: 0o600 });
  await aptInstall(packages, { logFile, signal });
}
