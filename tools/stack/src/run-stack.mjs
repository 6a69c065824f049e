import { join } from 'node:path';
import { withLock } from '../../workspace/src/lock.mjs';
import { PlainError } from '../../workspace/src/plain-error.mjs';
import { loadStandalone, makeDemoClients, migrateDatabase } from './prepare-home.mjs';
import { startServers } from './servers.mjs';
import { startServices, stopServices, untilReady } from './services.mjs';

const HOST = '127.0.0.1';
const READY_MS = 120_000;
/** Long enough to see whether the holder of the folder lives. */
const LOCK_WAIT_MS = 20_000;

/**
 * Runs the whole stack until `signal` fires, then ends it in order.
 *
 * @param {import('./options.mjs').StackOptions} options
 * @param {{ root: string, env: NodeJS.ProcessEnv, signal: AbortSignal, onServices: (services: readonly import('./services.mjs').Service[]) => void }} surroundings
 * @returns {Promise<number>} the exit code: 0, or that of a service that cannot run with its settings
 */
export async function runStack(options, surroundings) {
  const { makeHome, checkPort } = loadStandalone();
  for (let index = 0; index < options.counts.gateway; index += 1) await checkPort(HOST, options.port + index);
  const paths = await makeHome(options.home);
  const onWait = () => process.stderr.write(`Looking whether another stack runs on ${options.home} …\n`);
  const times = { wait: LOCK_WAIT_MS };
  return withLock(join(options.home, 'stack.lock'), () => run(options, paths, surroundings), {
    onWait,
    times,
  });
}

/** @param {import('./options.mjs').StackOptions} options @param {any} paths @param {Parameters<typeof runStack>[1]} surroundings */
async function run(options, paths, { root, env, signal, onServices }) {
  const { Progress, readStandaloneConfig } = loadStandalone();
  // What programs read goes alone to standard output.
  const words = options.json ? process.stderr : process.stdout;
  const progress = new Progress(words);
  const say = (/** @type {string} */ line) => progress.line(line);
  say(`State is kept in ${options.home}`);
  const config = readStandaloneConfig({ ...env, SLUICE_HOME: options.home }, root);
  const [servers] = await bothOrNone(
    startServers({ home: options.home, store: options.store, env, say, signal }),
    config.demo ? loadStandalone().prepareDemoData(config, paths, progress, signal) : undefined,
  );
  /** @type {readonly import('./services.mjs').Service[]} */
  let services = [];
  try {
    const { settings, clients, url } = await prepare(options, { paths, root, env, servers, config });
    signal.throwIfAborted();
    const givenUp = new AbortController();
    const onGivenUp = (/** @type {number} */ code) => givenUp.abort(code);
    services = await startServices(options, { root, settings, out: process.stdout, onGivenUp });
    onServices(services);
    const ended = AbortSignal.any([signal, givenUp.signal]);
    await tellWhenReady(services, { options, url, clients, paths, words, signal: ended });
    await untilAborted(ended);
    return givenUp.signal.aborted ? Number(givenUp.signal.reason) : 0;
  } catch (error) {
    if (signal.aborted) return 0;
    throw error;
  } finally {
    say('Stopping …');
    await stopServices(services);
    await servers.stop();
    say('Stopped.');
  }
}

/** Settings that all services share, on a database that is migrated. */
async function prepare(options, { paths, root, env, servers, config }) {
  const { loadOrCreateSecret } = loadStandalone();
  const url = `http://${HOST}:${options.port}`;
  const settings = {
    SLUICE_LOG_LEVEL: 'info',
    SLUICE_PUBLIC_URL: url,
    SLUICE_SECRET: await loadOrCreateSecret(paths.secret),
    SLUICE_SIGNING_KEYS_FILE: paths.signingKeys,
    ...env,
    ...servers.settings,
    SLUICE_HOST: HOST,
  };
  await migrateDatabase(root, settings.SLUICE_POSTGRES_URL);
  const clients = config.demo ? await makeDemoClients(settings.SLUICE_POSTGRES_URL, paths.demoClients) : [];
  return { settings, clients, url: settings.SLUICE_PUBLIC_URL };
}

async function tellWhenReady(services, { options, url, clients, paths, words, signal }) {
  const missing = await untilReady(services, { withinMs: READY_MS, signal });
  if (missing.length > 0) {
    throw new PlainError(`not ready within ${READY_MS / 1_000} s: ${missing.join('; ')}.`);
  }
  const { banner } = loadStandalone();
  const counts = Object.entries(options.counts).map(([app, count]) => `${count} ${app}`);
  const gateways = services
    .filter(({ app }) => app === 'gateway')
    .map(({ port }) => `http://${HOST}:${port}`);
  words.write(`${services.length} processes: ${counts.join(', ')}; gateways at ${gateways.join(', ')}\n`);
  words.write(banner(url, clients.length > 0 ? paths.demoClients : null, clients));
}

/** Both run at once; when one fails, servers that were started meanwhile are stopped. */
async function bothOrNone(starting, other) {
  const [servers, done] = await Promise.allSettled([starting, other]);
  if (servers.status === 'rejected') throw servers.reason;
  if (done.status === 'rejected') {
    await servers.value.stop();
    throw loadStandalone().plainly(done.reason);
  }
  return [servers.value, done.value];
}

/** @param {AbortSignal} signal @returns {Promise<void>} */
function untilAborted(signal) {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
