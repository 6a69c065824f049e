import { SluiceError } from '@sluice/contracts';
import { RunOptions } from '../analytic-engine.js';
import { canceledFault, timeLimitFault } from './engine-fault.js';

/** Node's timers hold at most this many ms. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The one signal that ends a piece of work: the caller's, or its time limit. Its reason is the fault to answer with. */
export interface StopSignal {
  readonly signal: AbortSignal;
  /** Ends it as canceled. */
  stop(): void;
  /** Lets go of the timer and the caller's signal. */
  dispose(): void;
}

export function stopSignal({ signal, timeoutMs }: RunOptions): StopSignal {
  const controller = new AbortController();
  const end = (fault: SluiceError) => {
    if (!controller.signal.aborted) controller.abort(fault);
  };
  const stop = () => {
    end(canceledFault());
  };
  const timer = setTimeout(
    () => {
      end(timeLimitFault(timeoutMs));
    },
    Math.min(timeoutMs, LONGEST_TIMER_MS),
  );
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const dispose = () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  };
  return { signal: controller.signal, stop, dispose };
}
