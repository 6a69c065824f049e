import { setTimeout as sleep } from 'node:timers/promises';
import { ERROR_CODES, SluiceError, type ExportJob } from '@sluice/contracts';
import { isOver, jobVersion } from './job-answer.js';

export interface Watching {
  /** Looks at the job again, with all checks of a first look. */
  readonly look: () => Promise<ExportJob>;
  /** Ends the watch: the reader left, or the process drains. */
  readonly signal: AbortSignal;
  readonly everyMs: number;
}

/** What a look at a job brought. */
export type JobMoment =
  | { readonly kind: 'moved'; readonly job: ExportJob; readonly version: string }
  /** Nothing new, or a service that is away for a moment. */
  | { readonly kind: 'waiting' }
  /** It may no longer be seen; the last moment. */
  | { readonly kind: 'refused'; readonly error: SluiceError };

/** Looks that may fail one after the other before the reader is sent away to come again, perhaps to another gateway. */
const MOST_FAULTS = 30;

/**
 * Looks at a job over and over until it is over, may no longer be seen, or cannot be looked at for a long while.
 *
 * @param seen version that the reader has already; it is not told of
 */
export async function* watchJob(
  first: ExportJob,
  seen: string | null,
  { look, signal, everyMs }: Watching,
): AsyncGenerator<JobMoment, void, undefined> {
  let [job, version, faults]: [ExportJob, string | null, number] = [first, seen, 0];
  while (!signal.aborted) {
    const now = jobVersion(job);
    yield now === version ? { kind: 'waiting' } : { kind: 'moved', job, version: now };
    version = now;
    if (isOver(job) || faults >= MOST_FAULTS) return;
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      job = await look();
      faults = 0;
    } catch (thrown) {
      const error = SluiceError.from(thrown);
      if (signal.aborted) return;
      if (ERROR_CODES[error.code].status < 500) {
        yield { kind: 'refused', error };
        return;
      }
      faults += 1;
    }
  }
}
