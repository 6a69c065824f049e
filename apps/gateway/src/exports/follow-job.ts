import { type ExportJob } from '@sluice/contracts';
import { watchJob, type Watching } from './watch-job.js';

export interface Following extends Watching {
  readonly text: (job: ExportJob) => string;
  readonly write: (event: string) => void;
  readonly heartbeatMs: number;
}

/** Milliseconds after which a reader whose stream ended comes again. */
const RETRY_MS = 3_000;

/**
 * Writes an event for each change of a job, in the form of the HTML standard's server-sent events, until the job is over or may no
 * longer be seen; then the last event says why. The id of an event is the job's version.
 *
 * @param seen version that the reader has already; no event is written for it
 */
export async function followJob(first: ExportJob, seen: string | null, following: Following): Promise<void> {
  const { write, text, heartbeatMs } = following;
  write(`retry: ${String(RETRY_MS)}\n\n`);
  let wroteAt = performance.now();
  for await (const moment of watchJob(first, seen, following)) {
    if (moment.kind === 'moved') {
      write(`id: ${moment.version}\nevent: job\ndata: ${text(moment.job)}\n\n`);
      wroteAt = performance.now();
    } else if (moment.kind === 'refused') {
      const { code, message } = moment.error;
      write(`event: problem\ndata: ${JSON.stringify({ code, detail: message })}\n\n`);
    } else if (performance.now() - wroteAt >= heartbeatMs) {
      write(': waiting\n\n');
      wroteAt = performance.now();
    }
  }
}
