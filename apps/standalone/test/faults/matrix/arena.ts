import { S3Emulator } from '@sluice/object-store/test/s3-emulator.js';
import { ServerName } from '../fault-servers.js';
import { Gate } from '../gate.js';
import { s3WorldStore } from '../world-store.js';
import { World } from '../world.js';

/** As the product has it; its lease of 30 s would only make everything that waits for its end longer. */
const RETRY_BASE_MS = 2_000;
const LEASE_MS = 8_000;
const ENV = {
  // Far more than the load asks, so that the limits are counted in Redis and never met.
  SLUICE_RATE_LIMIT_PER_MINUTE: '600000',
  // A worker is killed and restarted many times: each leaves what it had staged to the store's reaper.
  SLUICE_EXPORT_TIMEOUT_MINUTES: '1',
  SLUICE_EXPORT_REAP_MARGIN_MINUTES: '0',
  SLUICE_EXPORT_REAP_EVERY_MS: '5000',
};

/** A world of one process of each app, with a gate before each of its servers and the store. */
export class Arena {
  private constructor(
    readonly world: World,
    readonly gates: Readonly<Record<ServerName | 'store', Gate>>,
    private readonly s3: S3Emulator,
  ) {}

  static async create({ leaseMs = LEASE_MS } = {}): Promise<Arena> {
    const s3 = await S3Emulator.start();
    const store = await Gate.before(Number(new URL(s3.endpoint).port));
    const gates = new Map<ServerName, Gate>();
    const via = async (server: ServerName, url: string): Promise<string> => {
      const gate = await Gate.before(Number(new URL(url).port));
      gates.set(server, gate);
      return gate.urlOf(url);
    };
    const straight = s3WorldStore(s3);
    const env = { ...straight.env, SLUICE_S3_ENDPOINT: store.urlOf(s3.endpoint).replace(/\/$/, '') };
    const world = await World.create({
      store: { ...straight, env },
      env: ENV,
      via,
      times: { lease: leaseMs, retryBase: RETRY_BASE_MS },
      without: ['orchestrator-2', 'worker-2'],
    }).catch(async (error: unknown) => {
      await shutAll([...gates.values(), store]);
      await s3.stop();
      throw error;
    });
    const all = { ...(Object.fromEntries(gates) as Record<ServerName, Gate>), store };
    return new Arena(world, all, s3);
  }

  /** Jobs that were found to be right need not be looked at again after each further cell. */
  forget(): void {
    for (const caller of Object.values(this.world.callers)) caller.accepted.clear();
  }

  async destroy(): Promise<void> {
    await this.world.destroy();
    await shutAll(Object.values(this.gates));
    await this.s3.stop();
  }
}

async function shutAll(gates: readonly Gate[]): Promise<void> {
  await Promise.all(gates.map((gate) => gate.shut()));
}
