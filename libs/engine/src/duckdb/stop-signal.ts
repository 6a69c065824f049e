import { RunOptions } from '../analytic-engine.js';
import { StopCode, stopFault } from './engine-fault.js';

/** Node's timers hold at most this many ms. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The one signal that ends a piece of work: the caller's, or its time limit. Its reason is the fault to answer with. */
export interface StopSignal {
  readonly signal: AbortSignal;
  stop(code: StopCode): void;
  /** Lets go of the timer and the caller's signal. */
  dispose(): void;
}

export function stopSignal({ signal, timeoutMs }: RunOptions): StopSignal {
  const controller = new AbortController();
  const stop = (code: StopCode) => {
    if (!controller.signal.aborted) controller.abort(stopFault(code));
  };
  const onAbort = () => {
    stop('query-canceled');
  };
  const timer = setTimeout(stop, Math.min(timeoutMs, LONGEST_TIMER_MS), 'query-timeout');
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  const dispose = () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  };
  return { signal: controller.signal, stop, dispose };
}
