import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { answers, freePorts } from '../../services/ports.mjs';
import { startServer } from '../../services/server-process.mjs';
import { pinnedNode } from '../../workspace/src/paths.mjs';

const require = createRequire(import.meta.url);
const ACCOUNT = 'sluice';
const CONTAINER = 'exports';
const CALL_MS = 30_000;

/**
 * A stand-in for Azure Blob Storage, from the npm package, with the container that exports go to.
 * @param {{ folder: string, key: string, say: (line: string) => void, signal: AbortSignal }} options
 */
export async function startAzurite({ folder, key, say, signal }) {
  const [port = 0] = await freePorts(1);
  const location = join(folder, 'azurite');
  mkdirSync(location, { recursive: true, mode: 0o700 });
  const program = join(require.resolve('azurite/package.json'), '../dist/src/blob/main.js');
  const flags = ['--silent', '--disableTelemetry', '--skipApiVersionCheck'];
  const server = await startServer({
    name: 'azurite',
    command: pinnedNode(),
    args: [program, ...flags, '--blobHost', '127.0.0.1', '--blobPort', String(port), '--location', location],
    env: { PATH: process.env['PATH'], AZURITE_ACCOUNTS: `${ACCOUNT}:${key}` },
    cwd: location,
    logFile: `${location}.log`,
    stopSignal: 'SIGTERM',
    ready: () => answers({ host: '127.0.0.1', port }),
    signal,
  });
  const endpoint = `http://127.0.0.1:${port}/${ACCOUNT}`;
  try {
    await makeContainer(endpoint, key);
  } catch (error) {
    await server.stop();
    throw error;
  }
  say(`azurite is ready at 127.0.0.1:${port}`);
  const settings = {
    SLUICE_STORE: 'azure',
    SLUICE_AZURE_ACCOUNT: ACCOUNT,
    SLUICE_AZURE_KEY: key,
    SLUICE_AZURE_CONTAINER: CONTAINER,
    SLUICE_AZURE_ENDPOINT: endpoint,
  };
  return { settings, stop: server.stop };
}

/** @param {string} endpoint @param {string} key */
async function makeContainer(endpoint, key) {
  const { BlobServiceClient, StorageSharedKeyCredential } = require('@azure/storage-blob');
  const client = new BlobServiceClient(endpoint, new StorageSharedKeyCredential(ACCOUNT, key));
  await client.getContainerClient(CONTAINER).createIfNotExists({ abortSignal: AbortSignal.timeout(CALL_MS) });
}
