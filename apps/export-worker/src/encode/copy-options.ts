import { CopyOptions, RunOptions } from '@sluice/engine';
import { GovernedQuery, isOrdered, isRowByRow } from '@sluice/query-dsl';

/** What the engine may know of a query whose rows it writes into a file: it then makes them faster, and in less memory. */
export function copyOptionsOf(query: GovernedQuery, options: RunOptions): CopyOptions {
  return { ...options, anyOrder: !isOrdered(query), rowByRow: isRowByRow(query) };
}
