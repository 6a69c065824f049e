import { SluiceError } from '@sluice/contracts';
import { PassThrough, Readable } from 'node:stream';

export interface BodyOptions {
  /** Length that the store told. */
  readonly bytes: number;
  /** How long the store may send nothing while somebody reads, in ms. */
  readonly stalledMs: number;
  readonly toFault: (error: unknown) => Error;
}

/**
 * Hands on what a store sends, and proves that it is as long as told: one that ends before fails with `export-incomplete`.
 * Faults of the connection come as those that `toFault` makes. Whoever destroys it, also before the first byte, frees the socket.
 */
export function guardedBody(body: Readable, { bytes, stalledMs, toFault }: BodyOptions): Readable {
  let left = bytes;
  const out = new PassThrough({
    transform(piece: Buffer, _, done) {
      watch.refresh();
      left -= piece.length;
      done(left < 0 ? incomplete() : null, piece);
    },
    flush(done) {
      done(left > 0 ? incomplete() : null);
    },
  });
  const watch = setTimeout(() => {
    // A full buffer waits for its reader, whose own patience is not the store's.
    if (out.writableNeedDrain) watch.refresh();
    else out.destroy(toFault(new DOMException('The store sends nothing.', 'TimeoutError')));
  }, stalledMs);
  body.once('error', (error) => out.destroy(toFault(error)));
  body.once('close', () => {
    if (!body.readableEnded) out.destroy(incomplete());
  });
  out.once('close', () => {
    clearTimeout(watch);
    body.destroy();
  });
  body.pipe(out);
  return out;
}

function incomplete(): SluiceError {
  return new SluiceError('export-incomplete', 'The stored file did not arrive whole.');
}
