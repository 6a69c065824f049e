import { Transform, TransformCallback } from 'node:stream';
import { LineCounter } from './line-counter.js';

/** Lets a file pass that has a row a line, and knows how many went by. */
export class CountedLines extends Transform {
  private readonly counter = new LineCounter();

  get rows(): number {
    return this.counter.lines;
  }

  isWhole(rows: number): boolean {
    return this.counter.isAtEnd && this.counter.lines === rows;
  }

  override _transform(bytes: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.counter.push(bytes);
    done(null, bytes);
  }
}
