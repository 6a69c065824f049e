import { manifestKey, ObjectInventory, ObjectPage, ObjectStore, StoredObject } from '@sluice/object-store';
import { passFailpoint } from '@sluice/service-kit';
import { attemptFile, attemptOfKey } from '../job/attempt-files.js';
import { JobDatabase } from '../postgres/job-database.js';
import { AttemptKeeper, findKeepers } from '../postgres/kept-attempts.js';

/** What a round took away. */
export interface ReapedFiles {
  /** Files and manifests that could be seen and that no job has. */
  readonly orphans: number;
  /** Uploads that nobody will finish. */
  readonly staged: number;
}

/**
 * Removes what no row tells of: files that died with their worker before they could be seen, and seen ones whose job is not theirs, or is
 * gone. Only what is older than any attempt can become is looked at, and the rows are asked after the store, so a file that is just being
 * published is never taken for one. All it does may be done twice, by two orchestrators at once or by one that died over it.
 */
export class StoreReaper {
  /** Where the walk through the store goes on; null at its beginning. */
  private from: string | null = null;

  constructor(
    private readonly database: JobDatabase,
    private readonly store: ObjectStore & ObjectInventory,
    private readonly settings: {
      /** Age in ms from which a file is no longer anybody's work. */
      readonly reapAfterMs: number;
      readonly onReaped: (reaped: ReapedFiles) => void;
    },
  ) {}

  /** Looks at one page of the store, at most 1,000 files and as many uploads; true when the walk has more to see. */
  async run(): Promise<boolean> {
    const { reapAfterMs, onReaped } = this.settings;
    const staged = this.from === null ? await this.store.removeStaged(reapAfterMs) : 0;
    const before = Date.now() - reapAfterMs;
    const { objects, next } = await this.nextPage();
    const orphans = await this.orphansOf(objects.filter(({ modifiedAt }) => modifiedAt.getTime() <= before));
    const faults = await this.remove(orphans);
    const reaped = { orphans: orphans.length - faults.length, staged };
    if (reaped.orphans + staged > 0) onReaped(reaped);
    if (faults.length > 0) throw new AggregateError(faults, `${faults.length} orphans could not be removed.`);
    return next !== null;
  }

  /** Goes on behind a page whatever becomes of it, and begins anew when the store does not know the place any more. */
  private async nextPage(): Promise<ObjectPage> {
    const { from } = this;
    this.from = null;
    const page = await this.store.list('', from);
    this.from = page.next;
    return page;
  }

  private async remove(keys: readonly string[]): Promise<readonly unknown[]> {
    const faults: unknown[] = [];
    for (const key of keys) {
      await this.store.delete(key).catch((fault: unknown) => faults.push(fault));
      passFailpoint('orchestrator.reaped');
    }
    return faults;
  }

  /** Keys of another make are nobody's that we know of, and stay. */
  private async orphansOf(objects: readonly StoredObject[]): Promise<readonly string[]> {
    const found = objects.flatMap(({ key }) => {
      const attempt = attemptOfKey(key);
      return attempt ? [{ key, ...attempt }] : [];
    });
    const keepers = await findKeepers(this.database, [...new Set(found.map(({ jobId }) => jobId))]);
    return found
      .filter(({ key, jobId, attempt }) => !keeps(keepers.get(jobId), key, attempt))
      .map(({ key }) => key);
  }
}

/** A job keeps the file it succeeded with, and while it is live whatever its last attempt may be about to tell of. */
function keeps(job: AttemptKeeper | undefined, key: string, attempt: number): boolean {
  if (!job || attempt !== job.attempt) return false;
  const file = attemptFile(job, attempt).key;
  return key === file || key === manifestKey(file);
}
