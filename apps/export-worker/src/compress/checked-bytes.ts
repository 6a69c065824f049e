import { Transform, TransformCallback } from 'node:stream';
import { crc32 } from 'node:zlib';

/** Lets bytes pass, and knows how many there were and their CRC-32. */
export class CheckedBytes extends Transform {
  private count = 0;
  private sum = 0;

  get bytes(): number {
    return this.count;
  }

  get crc(): number {
    return this.sum;
  }

  override _transform(bytes: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.count += bytes.length;
    this.sum = crc32(bytes, this.sum);
    done(null, bytes);
  }
}
