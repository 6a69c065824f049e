import { promisify } from 'node:util';
import { constants, crc32, deflateRaw as deflateRawCallback } from 'node:zlib';

const deflateRaw = promisify(deflateRawCallback);

export interface DeflateOptions {
  /** zlib's, 1 to 9. */
  readonly level: number;
  /** Most blocks that are deflated at once, each on a thread of libuv's pool. */
  readonly parallel: number;
  /** Bytes of a block at least; the last one may be smaller. */
  readonly blockBytes: number;
}

/**
 * Level 1, by measurement. Of 30 MB of CSV and of JSON rows, against it: level 2 gives 1 to 3 % fewer bytes in 1.05 times the processor time, level 3 2 to 6 % in
 * 1.2 to 1.3, level 4 7 to 12 % in 1.2 to 1.8, level 6 (zlib's own default) 11 to 16 % in 2.3 to 2.5; of the XML of a sheet level 6 made 17 % less in 3.6 times. At each of
 * them zlib is slower than the engine (90 to 170 MB/s at level 1), so that its time is the export's; a file is made once and mostly read once.
 *
 * In blocks, 340 MB of CSV take 0.7 times the processor time of one zlib stream, and on two cores 0.45 times its time; they come out 0.1 % larger.
 */
export const FAST_DEFLATE: DeflateOptions = { level: 1, parallel: 3, blockBytes: 512 << 10 };

/** The end of a raw deflate stream: a last block, of fixed codes, with nothing in it (RFC 1951, 3.2.3). */
const LAST_BLOCK = Buffer.from([0x03, 0x00]);

/**
 * Deflates a stream in blocks beside each other. A block knows nothing of the one before and ends at a whole byte (`Z_SYNC_FLUSH`), so that
 * the blocks, one after another, are one raw deflate stream (RFC 1951). Holds at most `parallel` blocks, in both forms.
 */
export class ParallelDeflate {
  /** CRC-32 of what came in so far. */
  crc = 0;
  bytesIn = 0;
  bytesOut = 0;

  constructor(private readonly options: DeflateOptions) {}

  /** To be run once. Ends with the source's error where that fails. */
  async *run(source: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    const running: Promise<Buffer>[] = [];
    for await (const block of blocksOf(source, this.options.blockBytes)) {
      this.crc = crc32(block, this.crc);
      this.bytesIn += block.length;
      running.push(this.deflate(block));
      if (running.length >= this.options.parallel) yield this.counted(await running.shift());
    }
    while (running.length > 0) yield this.counted(await running.shift());
    yield this.counted(LAST_BLOCK);
  }

  private deflate(block: Buffer): Promise<Buffer> {
    const { level } = this.options;
    // Room for all of the output at once: each piece of it is a way to a thread and back.
    const chunkSize = Math.max(1_024, block.length >> 1);
    const done = deflateRaw(block, { level, chunkSize, finishFlush: constants.Z_SYNC_FLUSH });
    // Awaited when its turn comes, which it does not when the reader has left.
    done.catch(() => undefined);
    return done;
  }

  private counted(bytes: Buffer = LAST_BLOCK): Buffer {
    this.bytesOut += bytes.length;
    return bytes;
  }
}

async function* blocksOf(
  source: AsyncIterable<Buffer> | Iterable<Buffer>,
  blockBytes: number,
): AsyncGenerator<Buffer, void, undefined> {
  let [pieces, bytes]: [Buffer[], number] = [[], 0];
  for await (const piece of source) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes < blockBytes) continue;
    yield Buffer.concat(pieces, bytes);
    [pieces, bytes] = [[], 0];
  }
  if (bytes > 0) yield Buffer.concat(pieces, bytes);
}
