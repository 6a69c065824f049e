import { DeflateOptions, FAST_DEFLATE, ParallelDeflate } from './parallel-deflate.js';

const MAGIC = [0x1f, 0x8b];
const DEFLATED = 8;
/** "Fastest algorithm used", as level 1 is told. */
const FASTEST = 4;
const UNKNOWN_SYSTEM = 255;
const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;

export interface GzipOptions {
  /** Noted in the header, in whole seconds. */
  readonly modified: Date;
  readonly deflate?: DeflateOptions;
}

/** A gzip file of one member (RFC 1952), deflated in blocks beside each other. Ends with the source's error where that fails. */
export async function* gzipFile(
  source: AsyncIterable<Buffer>,
  { modified, deflate: options = FAST_DEFLATE }: GzipOptions,
): AsyncGenerator<Buffer, void, undefined> {
  yield header(modified);
  const deflate = new ParallelDeflate(options);
  yield* deflate.run(source);
  const trailer = Buffer.alloc(TRAILER_BYTES);
  trailer.writeUInt32LE(deflate.crc, 0);
  // The length modulo 2^32: for longer files it proves less, as with every gzip.
  trailer.writeUInt32LE(deflate.bytesIn % 2 ** 32, 4);
  yield trailer;
}

function header(modified: Date): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.set([...MAGIC, DEFLATED, 0]);
  bytes.writeUInt32LE(Math.floor(modified.getTime() / 1_000), 4);
  bytes.set([FASTEST, UNKNOWN_SYSTEM], 8);
  return bytes;
}
