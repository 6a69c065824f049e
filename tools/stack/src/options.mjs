import path from 'node:path';
import { parseArgs } from 'node:util';
import { PlainError } from '../../workspace/src/plain-error.mjs';

const MOST_OF_EACH = 16;
const STORES = /** @type {const} */ (['azure', 'local']);

/** By option: the app that it counts. */
const COUNTED = /** @type {const} */ ({
  gateways: 'gateway',
  'query-services': 'query-service',
  orchestrators: 'export-orchestrator',
  workers: 'export-worker',
  'audit-services': 'audit-service',
});

export const USAGE = `npm run stack -- [options]: the five services as processes, with the servers they need.

  --gateways N          how many of each to run, 1 to ${MOST_OF_EACH} (1 each); gateways take ports one after the other, from PORT (3000) on
  --query-services N
  --orchestrators N
  --workers N
  --audit-services N
  --store azure|local   where files of exports go: Azurite (the default), or an encrypted folder
  --json                log lines as the services write them, with the name of the service
  --help                this text

SLUICE_HOME is the folder of all state (.sluice/stack). SLUICE_POSTGRES_URL, SLUICE_RABBITMQ_URL and SLUICE_REDIS_URL name servers to use
instead of starting them. SLUICE_DEMO, SLUICE_DEMO_ORDERS and SLUICE_LOG_LEVEL count as for npm start; all other settings go to the services.
`;

/**
 * @typedef {'gateway' | 'query-service' | 'export-orchestrator' | 'export-worker' | 'audit-service'} AppName
 *
 * @typedef {object} StackOptions
 * @property {Readonly<Record<AppName, number>>} counts how many of each app
 * @property {'azure' | 'local'} store
 * @property {boolean} json
 * @property {boolean} help
 * @property {number} port of the first gateway
 * @property {string} home absolute
 */

/**
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {string} root of the repository; a SLUICE_HOME is relative to where the caller stands
 * @returns {StackOptions}
 * @throws {PlainError} naming the option that makes no sense
 */
export function readOptions(args, env, root) {
  const values = parse(args);
  const counts = Object.entries(COUNTED).map(([option, app]) => [app, countOf(option, values[option])]);
  const store = STORES.find((known) => known === (values.store ?? STORES[0]));
  if (store === undefined) throw new PlainError(`--store takes ${STORES.join(' or ')}.`);
  return {
    counts: Object.fromEntries(counts),
    store,
    json: values.json === true,
    help: values.help === true,
    port: portOf(env['PORT'] || '3000'),
    home: env['SLUICE_HOME'] ? path.resolve(env['SLUICE_HOME']) : path.join(root, '.sluice/stack'),
  };
}

/** @param {readonly string[]} args @returns {Record<string, string | boolean | undefined>} */
function parse(args) {
  const numbers = Object.keys(COUNTED).map((name) => [name, { type: 'string' }]);
  const options = {
    ...Object.fromEntries(numbers),
    store: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
  };
  try {
    return /** @type {any} */ (parseArgs({ args: [...args], options: /** @type {any} */ (options) }).values);
  } catch (error) {
    throw new PlainError(`${error instanceof Error ? error.message : error} (--help tells more)`);
  }
}

/** @param {string} option @param {string | boolean | undefined} text */
function countOf(option, text = '1') {
  const count = /^\d{1,2}$/.test(String(text)) ? Number(text) : 0;
  if (count >= 1 && count <= MOST_OF_EACH) return count;
  throw new PlainError(`--${option} takes a whole number from 1 to ${MOST_OF_EACH}.`);
}

/** @param {string} text */
function portOf(text) {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new PlainError('PORT is not valid: expected a whole number from 1 to 65535.');
}
