import { type ServerWritableStream } from '@grpc/grpc-js';

/** Resolves once the message is on its way: the reader's flow control has let it through. */
export type Write<T> = (message: T) => Promise<void>;

/**
 * The library takes sixteen messages before it says that they are too many, and the framework would keep any number; a page may have
 * megabytes. So one is written at a time, and the next one made when it is gone.
 *
 * @param signal ends the wait for a reader; its reason is thrown
 */
export function writerOf<T>(
  call: Pick<ServerWritableStream<unknown, T>, 'write'>,
  signal: AbortSignal,
): Write<T> {
  return (message) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const giveUp = (): void => {
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      call.write(message, () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      });
    });
}
