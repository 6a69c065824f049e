import { Transform, TransformCallback } from 'node:stream';
import { RecordCounter } from './record-counter.js';

/** Lets a CSV file with a header pass, and knows how many rows went by. */
export class CountedCsv extends Transform {
  private readonly counter = new RecordCounter();

  /** Rows so far, without the header. */
  get rows(): number {
    return Math.max(0, this.counter.records - 1);
  }

  /** Whether what went by is a whole file of that many rows. */
  isWhole(rows: number): boolean {
    return this.counter.balanced && this.counter.records === rows + 1;
  }

  override _transform(bytes: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.counter.push(bytes);
    done(null, bytes);
  }
}
