import { join } from 'node:path';
import { freePorts } from '../../services/ports.mjs';
import { pinnedNode } from '../../workspace/src/paths.mjs';
import { KeptRunning } from './kept-running.mjs';
import { logLine } from './log-line.mjs';
import { makeServiceHome } from './prepare-home.mjs';

/** Who stops taking first: the edge, then who works, then who is told of it. Each stage waits for the one before. */
const ENDING = /** @type {const} */ ([
  ['gateway'],
  ['export-worker', 'query-service'],
  ['export-orchestrator', 'audit-service'],
]);
/** Longer than a service's own grace period, so that it is never cut off while it drains. */
const END_MS = 30_000;
const THREADS = '32';
const LOOK_MS = 150;
const LOOK_TIMEOUT_MS = 3_000;

/**
 * @typedef {object} Service
 * @property {string} name
 * @property {import('./options.mjs').AppName} app
 * @property {number} port where it tells its health; a gateway's own
 * @property {KeptRunning} process
 */

/**
 * Starts the services, all at once: each waits for what it needs by itself.
 * @param {import('./options.mjs').StackOptions} options
 * @param {{ root: string, settings: NodeJS.ProcessEnv, out: { isTTY?: boolean, write(text: string): unknown }, onGivenUp: (code: number) => void }} surroundings
 * @returns {Promise<readonly Service[]>}
 */
export async function startServices(options, { root, settings, out, onGivenUp }) {
  const named = instancesOf(options.counts);
  const style = {
    width: Math.max(...named.map(({ name }) => name.length)),
    colour: out.isTTY === true && !process.env['NO_COLOR'],
    json: options.json,
  };
  const ports = await freePorts(named.length);
  const services = [];
  for (const [index, { name, app, number }] of named.entries()) {
    const port = app === 'gateway' ? options.port + number - 1 : ports[index];
    const home = await makeServiceHome(options.home, name);
    /** @param {string} text */
    const onLine = (text) => out.write(`${logLine({ name, index }, text, style)}\n`);
    const event = (text) =>
      onLine(JSON.stringify({ level: 'error', time: new Date().toISOString(), name: 'stack', msg: text }));
    const process = new KeptRunning({
      name,
      command: pinnedNode(root),
      args: ['--enable-source-maps', join(root, `apps/${app}/dist/main.js`)],
      env: environmentOf(settings, { home, port }),
      onLine,
      onEvent: event,
      onGivenUp,
    });
    services.push({ name, app, port, process });
  }
  for (const { process } of services) process.start();
  return services;
}

/** @param {import('./options.mjs').StackOptions['counts']} counts */
function instancesOf(counts) {
  return Object.entries(counts).flatMap(([app, count]) =>
    Array.from({ length: count }, (_, at) => ({
      name: `${app}-${at + 1}`,
      app: /** @type {import('./options.mjs').AppName} */ (app),
      number: at + 1,
    })),
  );
}

/** @param {NodeJS.ProcessEnv} settings @param {{ home: string, port: number }} own @returns {NodeJS.ProcessEnv} */
function environmentOf(settings, { home, port }) {
  return {
    UV_THREADPOOL_SIZE: THREADS,
    ...settings,
    SLUICE_HOME: home,
    PORT: String(port),
    SLUICE_HEALTH_PORT: String(port),
    SLUICE_HEALTH_HOST: '127.0.0.1',
  };
}

/**
 * Waits until every service is ready.
 * @param {readonly Service[]} services
 * @param {{ withinMs: number, signal: AbortSignal }} limits
 * @returns {Promise<readonly string[]>} what was still missing when the time was up; empty when all are ready
 */
export async function untilReady(services, { withinMs, signal }) {
  const until = performance.now() + withinMs;
  for (;;) {
    const missing = (await Promise.all(services.map(missingOf))).flat();
    if (missing.length === 0 || performance.now() > until) return missing;
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** @param {Service} service @returns {Promise<readonly string[]>} */
async function missingOf({ name, port }) {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`, {
      signal: AbortSignal.timeout(LOOK_TIMEOUT_MS),
    });
    const { notReady } = /** @type {{ notReady: string[] }} */ (await answer.json());
    return answer.ok ? [] : [`${name} (${notReady.join(', ')})`];
  } catch {
    return [`${name} (does not answer)`];
  }
}

/** Ends them in order. @param {readonly Service[]} services */
export async function stopServices(services) {
  for (const stage of ENDING) {
    const ending = services.filter(({ app }) => stage.some((one) => one === app));
    await Promise.all(ending.map(({ process }) => process.stop(END_MS)));
  }
}
