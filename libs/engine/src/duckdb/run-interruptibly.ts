import { engineFault } from './engine-fault.js';

/** What of a connection is needed to stop it. */
export interface Interruptible {
  interrupt(): void;
}

export interface InterruptibleRun<T> {
  /** Rejects with a SluiceError; after a stop at the latest when the grace is over. */
  readonly result: Promise<T>;
  /** Resolves when the connection is really idle again. Only then may it, and its place in the line, be used for something else. */
  readonly settled: Promise<void>;
}

/** Told, once, of work that goes on for `afterMs` after its stop. */
export interface StuckWatch {
  readonly afterMs: number;
  readonly onStuck: () => void;
}

export interface RunHooks {
  /** Turns what the engine threw into the fault; by default without any text that could quote a row. */
  readonly faultOf?: (error: unknown) => unknown;
  readonly watch?: StuckWatch;
}

/** An interrupt that falls between two steps of the engine is lost, so it is repeated until the statement ends. */
const INTERRUPT_EVERY_MS = 25;
/** The callers' promise is one second; the engine usually needs less than a tenth of it. */
const STOP_GRACE_MS = 800;

/** Runs `work` on a connection until `signal` fires, whose reason then is the fault. */
export function runInterruptibly<T>(
  connection: Interruptible,
  work: () => Promise<T>,
  signal: AbortSignal,
  { faultOf = engineFault, watch }: RunHooks = {},
): InterruptibleRun<T> {
  if (signal.aborted) return { result: Promise.reject(faultOf(signal.reason)), settled: Promise.resolve() };
  const timers: NodeJS.Timeout[] = [];
  let giveUp: (fault: unknown) => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => (giveUp = reject));
  const onStop = () => {
    connection.interrupt();
    timers.push(
      setInterval(() => {
        connection.interrupt();
      }, INTERRUPT_EVERY_MS).unref(),
    );
    timers.push(setTimeout(giveUp, STOP_GRACE_MS, signal.reason));
    if (watch) timers.push(setTimeout(watch.onStuck, watch.afterMs).unref());
  };
  signal.addEventListener('abort', onStop, { once: true });
  const finished = work()
    .catch((error: unknown): never => {
      throw faultOf(signal.aborted ? signal.reason : error);
    })
    .finally(() => {
      signal.removeEventListener('abort', onStop);
      timers.forEach(clearTimeout);
    });
  const settled = finished.then(ignore, ignore);
  return { result: Promise.race([finished, stopped]), settled };
}

function ignore(): void {
  // The outcome is told by `result`.
}
