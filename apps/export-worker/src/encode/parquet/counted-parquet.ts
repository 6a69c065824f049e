import { Transform, TransformCallback } from 'node:stream';
import { ParquetWalk } from './parquet-walk.js';

/** Lets a Parquet file of so many columns pass, and knows how many rows went by. */
export class CountedParquet extends Transform {
  private readonly walk = new ParquetWalk();

  constructor(private readonly columns: number) {
    super();
  }

  get rows(): number {
    return Math.floor(this.walk.values / this.columns);
  }

  /** The footer tells as many rows, and the pages hold them. */
  isWhole(rows: number): boolean {
    return this.walk.rows === rows && this.walk.values === rows * this.columns;
  }

  override _transform(bytes: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.walk.push(bytes);
    done(null, bytes);
  }
}
