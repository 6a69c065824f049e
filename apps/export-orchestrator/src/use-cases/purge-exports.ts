import { ObjectStore } from '@sluice/object-store';
import { DataSource } from 'typeorm';
import { FileTidier } from '../background/file-tidier.js';
import { JobDatabase } from '../postgres/job-database.js';
import { countDueFiles, expireOlder } from '../postgres/retention.js';

export interface Purge {
  /** Files of jobs that finished longer ago expire now, whatever time they had left; null leaves theirs to all. */
  readonly olderThanMs: number | null;
  /** Ends the purge between two batches; what is left stays due. */
  readonly signal: AbortSignal;
}

/**
 * Removes the files whose time is over from the store, beside running orchestrators (SPEC X14). Jobs stay listed as expired. Harmless when
 * stopped or called again.
 *
 * @returns how many files expired by this call, and how many jobs are still due: being tidied by others, or of a store that failed
 * @throws AggregateError of what could not be removed; it stays due
 */
export async function purgeExports(
  dataSource: DataSource,
  store: ObjectStore,
  { olderThanMs, signal }: Purge,
): Promise<{ readonly expired: number; readonly due: number }> {
  const database = new JobDatabase(dataSource);
  const expired = olderThanMs === null ? 0 : await expireOlder(database, olderThanMs);
  const tidier = new FileTidier(database, store);
  while (!signal.aborted && (await tidier.run()));
  return { expired, due: await countDueFiles(database) };
}
