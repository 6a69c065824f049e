/** Threads that Node itself needs while the engine is busy: files, DNS, key derivation, compression. */
const THREADS_FOR_NODE = 16;

/**
 * What UV_THREADPOOL_SIZE must be at least. A running statement holds one thread of the pool: with Node's default of four, four long
 * statements stop every file read and name look-up of the process.
 */
export function requiredThreadPoolSize(concurrency: number, exports: number): number {
  return concurrency + exports + THREADS_FOR_NODE;
}

/**
 * Throws a RangeError, to be shown at the start, when the pool is too small for what the process is set up to run at once.
 *
 * @param configured UV_THREADPOOL_SIZE as the process was started with; Node takes 4 when it is not set.
 */
export function assertThreadPoolSize(required: number, configured: string | undefined): void {
  const size = configured === undefined ? 4 : Number(configured);
  if (size >= required) return;
  throw new RangeError(
    `UV_THREADPOOL_SIZE is ${configured ?? 'not set (4)'}, but at least ${required} threads are needed; set it before the process starts.`,
  );
}
