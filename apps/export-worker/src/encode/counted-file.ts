import { SluiceError } from '@sluice/contracts';
import { EngineCopy } from '@sluice/engine';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EncodedFile } from '../ports.js';

/** Lets a file pass and counts its rows. */
export interface RowCounting extends Transform {
  /** Rows so far. */
  readonly rows: number;
  /** Whether what went by is a whole file of that many rows. */
  isWhole(rows: number): boolean;
}

/** A copy of the engine that `counting` looks at or turns into another file: it is whole only when both counted the same rows. */
export function countedFile(copy: EngineCopy, counting: RowCounting): EncodedFile {
  // Faults of the engine reach the store through `counting`, and those of the store reach the engine.
  const passed = pipeline(copy.stream, counting);
  const rows = Promise.all([copy.rows, passed]).then(([count]) => {
    if (counting.isWhole(count)) return count;
    throw new SluiceError('export-incomplete', 'The file does not hold all rows that the engine made.');
  });
  // Waited for by whoever stores the file, unless the stream fails first.
  rows.catch(() => undefined);
  return { dataVersion: copy.dataVersion, stream: counting, rowsSoFar: () => counting.rows, rows };
}
