import { S3Emulator } from '@sluice/object-store/test/s3-emulator.js';
import { ServerName } from '../fault-servers.js';
import { Gate } from '../gate.js';
import { s3WorldStore } from '../world-store.js';
import { World } from '../world.js';

/** How much time things have before they count as failed. */
interface Patience {
  readonly leaseMs: number;
  readonly attemptMinutes: number;
  /** More settings of every service. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Short, so that a run of all cells need not wait for leases of 30 s and files that are hours old. */
export const BRISK: Patience = { leaseMs: 8_000, attemptMinutes: 1 };
/** On a machine that other work keeps busy, no export is to fail because its worker or the store was not run for a while. */
export const PATIENT: Patience = {
  leaseMs: 60_000,
  attemptMinutes: 10,
  env: { SLUICE_STORE_TRY_MS: '15000', SLUICE_STORE_CALL_MS: '40000' },
};
/** As the product has it. */
const RETRY_BASE_MS = 2_000;

const envOf = ({ attemptMinutes, env }: Patience): Record<string, string> => ({
  // Far more than the load asks, so that the limits are counted in Redis and never met.
  SLUICE_RATE_LIMIT_PER_MINUTE: '600000',
  SLUICE_EXPORT_TIMEOUT_MINUTES: String(attemptMinutes),
  SLUICE_EXPORT_REAP_MARGIN_MINUTES: '0',
  SLUICE_EXPORT_REAP_EVERY_MS: '5000',
  ...env,
});

/** A world of one process of each app, with a gate before each of its servers and the store. */
export class Arena {
  private constructor(
    readonly world: World,
    readonly gates: Readonly<Record<ServerName | 'store', Gate>>,
    private readonly s3: S3Emulator,
  ) {}

  static async create(patience: Patience = BRISK): Promise<Arena> {
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
      env: envOf(patience),
      via,
      times: { lease: patience.leaseMs, retryBase: RETRY_BASE_MS },
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
