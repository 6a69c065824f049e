import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AzureObjectStore, AzureStoreOptions } from '../src/index.js';
import { FaultProxy } from './fault-proxy.js';

const ACCOUNT = 'devstoreaccount1';
/** The emulator's key, the same on every machine. */
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const CONTAINER = 'exports';

/** Azure Blob Storage on this machine, behind a proxy. */
export class Azurite {
  readonly leftovers: unknown[] = [];

  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    readonly proxy: FaultProxy,
  ) {}

  static async start(): Promise<Azurite> {
    const folder = await mkdtemp(path.join(tmpdir(), 'sluice-azurite-'));
    const port = await freePort();
    const program = path.join(path.dirname(require.resolve('azurite/package.json')), 'dist/src/blob/main.js');
    const args = ['--silent', '--disableTelemetry', '--skipApiVersionCheck', '--blobHost', '127.0.0.1'];
    const started = spawn(
      process.execPath,
      [program, ...args, '--blobPort', String(port), '--location', folder],
      {
        stdio: 'ignore',
      },
    );
    const azurite = new Azurite(started, folder, await FaultProxy.start(port));
    await azurite.makeContainer();
    return azurite;
  }

  store(options: Partial<AzureStoreOptions> = {}): AzureObjectStore {
    return new AzureObjectStore({
      account: ACCOUNT,
      accountKey: KEY,
      container: CONTAINER,
      endpoint: this.endpoint,
      onLeftover: (error) => this.leftovers.push(error),
      ...options,
    });
  }

  /** Names of all blobs that are not whole: mere blocks, and those without our mark. */
  async halfMade(): Promise<readonly string[]> {
    const names: string[] = [];
    const options = { includeUncommitedBlobs: true, includeMetadata: true };
    for await (const blob of this.container().listBlobsFlat(options)) {
      if (blob.metadata?.['sluice_stage'] === undefined) names.push(blob.name);
    }
    return names;
  }

  container(): ContainerClient {
    const credential = new StorageSharedKeyCredential(ACCOUNT, KEY);
    return new ContainerClient(`${this.endpoint}/${CONTAINER}`, credential);
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    const ended = once(this.process, 'exit');
    this.process.kill();
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }

  private get endpoint(): string {
    return `http://127.0.0.1:${String(this.proxy.port)}/${ACCOUNT}`;
  }

  private async makeContainer(): Promise<void> {
    for (let left = 100; ; left--) {
      try {
        await this.container().create();
        return;
      } catch (error) {
        if (left === 0) throw error;
        await sleep(200);
      }
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return (address as { port: number }).port;
}
