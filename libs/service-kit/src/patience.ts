const SLICE_MS = 15;
/** Timers of a healthy process are late by less, even on a busy machine. */
const MAX_COUNTED_MS = 25;

/**
 * Waits for `work`, but not for longer than `ms` in which this process could have heard an answer.
 *
 * A process that was itself busy or not run for 200 ms finds the timer due before it has read the answer that lies in
 * its socket. Time is therefore counted in slices, and of a slice that ended late only so much as is usual. A silent
 * peer is given up after `ms`, or after `ms / 25` turns of an event loop that is slower than that.
 *
 * @throws the fault of `work`, or `Error(message)` when it takes too long
 */
export async function patiently<T>(ms: number, work: Promise<T>, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const wait = (left: number): void => {
      const started = performance.now();
      timer = setTimeout(
        () => {
          const next = left - Math.min(performance.now() - started, MAX_COUNTED_MS);
          if (next > 0) wait(next);
          else reject(new Error(message));
        },
        Math.min(left, SLICE_MS),
      );
    };
    wait(ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
