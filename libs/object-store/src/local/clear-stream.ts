import { Readable } from 'node:stream';
import { ByteRange } from '../object-store.js';
import { CHUNK_BYTES } from './file-format.js';
import { SealedFile } from './sealed-file.js';

/** Reads the chunks that hold a range, one at a time as they are asked for. Owns the file and closes it. */
export class ClearStream extends Readable {
  private next: number;

  /** `range` lies inside the file; null reads nothing. */
  constructor(
    private readonly file: SealedFile,
    private readonly range: ByteRange | null,
  ) {
    super({ highWaterMark: CHUNK_BYTES });
    this.next = range === null ? 0 : Math.floor(range.start / CHUNK_BYTES);
  }

  override _read(): void {
    if (this.range === null || this.next * CHUNK_BYTES > this.range.end) {
      this.push(null);
      return;
    }
    const { start, end } = this.range;
    const index = this.next++;
    const offset = index * CHUNK_BYTES;
    this.file.readChunk(index).then(
      (bytes) => this.push(bytes.subarray(Math.max(start - offset, 0), end - offset + 1)),
      (error: unknown) => this.destroy(error as Error),
    );
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.file.close().then(
      () => {
        callback(error);
      },
      (closing: unknown) => {
        callback(error ?? (closing as Error));
      },
    );
  }
}
