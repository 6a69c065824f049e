import { RunningApp } from './running-app.js';
import { ServiceHost } from './service-host.js';

/** What is asked of a message bus over a broker. */
interface Broker {
  readonly connected: boolean;
  close(graceMs: number): Promise<void>;
}

/** How a bus is connected: one attempt, and then it comes back by itself for as long as the service lives. */
interface BrokerOptions extends ReturnType<ServiceHost['busOptions']> {
  readonly connectTimeoutMs: number;
  readonly awayTimeoutMs: number;
}

const CLOSE_MS = 5_000;

/** Connects the service to its broker, however long that takes; lost, it makes the service not ready. */
export async function openBroker<B extends Broker>(
  host: ServiceHost,
  connect: (options: BrokerOptions) => Promise<B>,
): Promise<B> {
  const options = {
    ...host.busOptions(),
    connectTimeoutMs: 0,
    awayTimeoutMs: Infinity,
  };
  const bus = await host.open(
    'rabbitmq',
    () => connect(options),
    (open) => open.close(CLOSE_MS),
  );
  host.watch('rabbitmq', async () => (bus.connected ? [] : ['rabbitmq']));
  return bus;
}

/** How a database is reached and looked at. */
interface DatabaseAccess<D> {
  /** Rejects while the schema does not fit, with the names in `missing`. */
  readonly open: (url: string, onIdleError: (error: Error) => void) => Promise<D>;
  /** What the schema lacks, by name; rejects when the database is away. */
  readonly gaps: (database: D) => Promise<readonly string[]>;
}

/** Connects the service to its database, once that is migrated; lost, or changed so that it does not fit any more, it makes the service not ready. */
export async function openDatabase<D extends { destroy(): Promise<void> }>(
  host: ServiceHost,
  url: string,
  access: DatabaseAccess<D>,
): Promise<D> {
  const onIdleError = host.reporter('a connection to PostgreSQL broke');
  const database = await host.open(
    'postgres',
    () => access.open(url, onIdleError),
    (open) => open.destroy(),
  );
  host.watch('postgres', () => access.gaps(database));
  return database;
}

/** Ends what came over the bus before the app itself: it takes nothing more, and what runs has three quarters of the time to finish. */
export function drainedFirst(bus: { drain(graceMs: number): Promise<void> }, app: RunningApp): RunningApp {
  const close = async (graceMs: number): Promise<void> => {
    const until = performance.now() + graceMs;
    await bus.drain(0.75 * graceMs);
    await app.close(Math.max(0, until - performance.now()));
  };
  return { ...app, close };
}
