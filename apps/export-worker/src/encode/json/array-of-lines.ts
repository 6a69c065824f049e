import { Transform, TransformCallback } from 'node:stream';
import { LineCounter } from './line-counter.js';

const BETWEEN = Buffer.from(',\n');

/**
 * Makes one JSON array of rows that come a line each with a comma at its end, and counts them. Nothing is copied: what came last is kept
 * until it is known whether its comma stays.
 */
export class ArrayOfLines extends Transform {
  private readonly counter = new LineCounter();
  private last: Buffer = Buffer.alloc(0);
  private endsInComma = true;

  get rows(): number {
    return this.counter.lines;
  }

  isWhole(rows: number): boolean {
    return this.counter.isAtEnd && this.endsInComma && this.counter.lines === rows;
  }

  override _transform(bytes: Buffer, _: BufferEncoding, done: TransformCallback): void {
    const isFirst = this.last.length === 0;
    this.counter.push(bytes);
    if (bytes.length === 0) {
      done();
      return;
    }
    if (bytes.length < BETWEEN.length) {
      // Too short to hold the last comma by itself.
      this.last = Buffer.concat([this.last, bytes]);
      if (isFirst) this.push('[\n');
      done();
      return;
    }
    const before = isFirst ? '[\n' : this.last;
    this.last = bytes;
    done(null, before);
  }

  override _flush(done: TransformCallback): void {
    if (this.last.length === 0) {
      done(null, '[]\n');
      return;
    }
    const end = this.last.length - BETWEEN.length;
    this.endsInComma = this.last.subarray(-BETWEEN.length).equals(BETWEEN);
    this.push(this.last.subarray(0, Math.max(0, end)));
    done(null, '\n]\n');
  }
}
