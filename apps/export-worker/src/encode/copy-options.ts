import { CopyOptions, RunOptions } from '@sluice/engine';
import { GovernedQuery, isOrdered, isRowByRow } from '@sluice/query-dsl';

/** What the engine may know of a query whose rows it writes itself: it then makes them faster, and in less memory. */
export function copyOptionsOf(query: GovernedQuery, options: RunOptions): CopyOptions {
  return { ...slowCopyOptionsOf(query, options), anyOrder: !isOrdered(query) };
}

/** The same where rows are made into a file here, which takes longer than making them: a second thread would only be in the way. */
export function slowCopyOptionsOf(query: GovernedQuery, options: RunOptions): CopyOptions {
  return { ...options, rowByRow: isRowByRow(query) };
}
