import { Cleanup } from './cleanup.js';
import { armFailpoint } from './failpoint.js';
import { HealthServer, startHealthServer } from './health-server.js';
import { unlessAborted } from './keep-trying.js';
import { createLogger } from './logger.js';
import { MissingParts } from './missing-parts.js';
import { readNetworkSettings } from './network-settings.js';
import { RunningApp } from './running-app.js';
import { StoppedAtStart } from './run-until-signal.js';
import { ServiceHost } from './service-host.js';
import { Environment, readTogether, SettingsReaders } from './settings.js';
import { refuseUnsafe } from './unsafe/read-safe.js';
import { withinOr } from './within-or.js';

/** Past the app's own end there is time for the audit spool, the bus and the engine. */
const FOR_PARTS_MS = 5_000;
const GRACE_MS = 25_000;
/** How long the app itself may take to say how it is; less than who asks waits. */
const APP_MS = 1_500;

export interface NetworkedService<S> {
  readonly name: string;
  readonly env: Environment;
  /** Readers of the service's settings beside those that all have. */
  readonly settings: SettingsReaders<S>;
  /** Where an app listens that answers for its health itself; its place is held until it calls `host.leaveHealthPort`. */
  readonly ownPort?: (settings: NoInfer<S>) => { readonly host: string; readonly port: number };
}

/**
 * Starts one service as a process of its own. It tells its health from the first moment on: it is alive, and not ready while it waits for parts.
 * What `build` has opened is closed in the opposite order, after the app; also when the start fails, or when `stopping` ends it. What readiness has
 * to know beside the app is told to `host.watch`.
 *
 * @throws SettingsError with a sentence for each bad variable; StoppedAtStart
 */
export async function startNetworked<S>(
  { name, env, settings: readers, ownPort }: NetworkedService<S>,
  stopping: AbortSignal = new AbortController().signal,
  build: (host: ServiceHost, settings: S) => Promise<RunningApp>,
): Promise<RunningApp> {
  const { network, ...read } = readTogether(env, {
    ...readers,
    network: readNetworkSettings,
    safe: refuseUnsafe,
  });
  const settings = read as unknown as S;
  const logger = createLogger(name, network.logLevel);
  if (armFailpoint(env))
    logger.warn('SLUICE_FAILPOINT is set: this process will kill itself; never for production');
  const cleanup = new Cleanup((step, err) => {
    logger.error({ err, step }, 'closing failed');
  });
  const missing = new MissingParts();
  const life = new Life(name, missing);
  const own = ownPort?.(settings);
  const health = await startHealthServer(own?.port ?? network.healthPort, life, {
    host: own?.host ?? network.healthHost,
    placeholder: own !== undefined,
  });
  const leaveHealthPort = once(health);
  cleanup.add('health server', leaveHealthPort);
  const parts = { settings: network, logger, cleanup, missing, stopping, leaveHealthPort };
  try {
    stopping.throwIfAborted();
    const building = build(new ServiceHost(name, parts), settings);
    // Left behind when the start is ended, it fails by itself once its parts are closed.
    building.catch(() => undefined);
    life.app = await unlessAborted(() => building, stopping);
  } catch (error) {
    await cleanup.run();
    throw stopping.aborted ? new StoppedAtStart() : error;
  }
  logger.info('started');
  return life.running(cleanup);
}

/** What a service tells of itself while it starts, runs and ends. */
class Life {
  app: RunningApp | undefined;
  private ending = false;

  constructor(
    readonly name: string,
    private readonly missing: MissingParts,
  ) {}

  async notReady(): Promise<readonly string[]> {
    if (this.ending) return [this.name];
    const [parts, own] = await Promise.all([
      this.missing.names(),
      this.app === undefined ? [] : withinOr(this.app.notReady(), APP_MS, [this.name]),
    ]);
    const names = [...new Set([...parts, ...own])];
    return this.app || names.length > 0 ? names : [this.name];
  }

  broken(): readonly string[] {
    return this.app?.broken?.() ?? [];
  }

  /** The end: not ready at once, then the app, then what it stood on. */
  running(cleanup: Cleanup): RunningApp {
    const close = async (graceMs = GRACE_MS): Promise<void> => {
      this.ending = true;
      cleanup.add(this.name, async () => this.app?.close(Math.max(graceMs - FOR_PARTS_MS, graceMs / 2)));
      await cleanup.run();
    };
    return {
      name: this.name,
      notReady: () => this.notReady(),
      broken: () => this.broken(),
      close,
    };
  }
}

function once(server: HealthServer): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => (closing ??= server.close());
}
