import { setTimeout as sleep } from 'node:timers/promises';
import { ERROR_CODES, SluiceError, type ExportJob } from '@sluice/contracts';
import { isOver, jobVersion } from './job-answer.js';

export interface Following {
  /** Looks at the job again, with all checks of a first look. */
  readonly look: () => Promise<ExportJob>;
  readonly text: (job: ExportJob) => string;
  readonly write: (event: string) => void;
  /** Ends the stream: the reader left, or the process drains. */
  readonly signal: AbortSignal;
  readonly everyMs: number;
  readonly heartbeatMs: number;
}

/** Milliseconds after which a reader whose stream ended comes again. */
const RETRY_MS = 3_000;
/** Looks that may fail one after the other before the reader is sent away to come again, perhaps to another gateway. */
const MOST_FAULTS = 30;

/**
 * Writes an event for each change of a job, in the form of the HTML standard's server-sent events, until the job is over or may no
 * longer be seen; then the last event says why. The id of an event is the job's version.
 *
 * @param seen version that the reader has already; no event is written for it
 */
export async function followJob(first: ExportJob, seen: string | null, following: Following): Promise<void> {
  const { write, text, signal, everyMs, heartbeatMs } = following;
  write(`retry: ${String(RETRY_MS)}\n\n`);
  let [job, version, faults, wroteAt]: [ExportJob, string | null, number, number] = [
    first,
    seen,
    0,
    performance.now(),
  ];
  while (!signal.aborted) {
    const now = jobVersion(job);
    if (now !== version) {
      write(`id: ${now}\nevent: job\ndata: ${text(job)}\n\n`);
      [version, wroteAt] = [now, performance.now()];
    } else if (performance.now() - wroteAt >= heartbeatMs) {
      write(': waiting\n\n');
      wroteAt = performance.now();
    }
    if (isOver(job) || faults >= MOST_FAULTS) return;
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      job = await following.look();
      faults = 0;
    } catch (error) {
      const { code, message } = SluiceError.from(error);
      if (signal.aborted) return;
      if (ERROR_CODES[code].status < 500) {
        write(`event: problem\ndata: ${JSON.stringify({ code, detail: message })}\n\n`);
        return;
      }
      faults += 1;
    }
  }
}
