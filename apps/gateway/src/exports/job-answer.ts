import { createHash } from 'node:crypto';
import { type ExportJob, type ExportResult } from '@sluice/contracts';
import { LINK_MS, type SignedLinks } from './signed-link.js';

/** A job as callers see it (SPEC X3). */
export interface JobAnswer extends Omit<ExportJob, 'tenant' | 'result'> {
  /** Without a link once the file is gone. */
  readonly result:
    (ExportResult & { readonly downloadUrl: string | null; readonly urlExpiresAt: string | null }) | null;
}

/** Seconds after which looking again makes sense. */
const LOOK_AGAIN = 1;
/** A tag lasts for half of a link's time, so that an answer that a 304 keeps alive never holds a dead link. */
const TAG_MS = LINK_MS / 2;

/** Adds a link that was signed just now. The tenant is left out: it is the caller's own. */
export function toJobAnswer({ tenant, result, ...job }: ExportJob, links: SignedLinks): JobAnswer {
  if (result === null) return { ...job, result };
  if (job.expired) return { ...job, result: { ...result, downloadUrl: null, urlExpiresAt: null } };
  const link = links.sign({ jobId: job.jobId, tenant, sha256: result.sha256 }, result.fileExpiresAt);
  return { ...job, result: { ...result, downloadUrl: link.url, urlExpiresAt: link.expiresAt } };
}

/** Another text whenever the job has moved, and twice a day while its answer holds a link. */
export function jobVersion(job: ExportJob, nowMs = Date.now()): string {
  const period = job.result === null || job.expired ? 0 : Math.floor(nowMs / TAG_MS);
  return createHash('sha256')
    .update(JSON.stringify([job, period]))
    .digest('base64url');
}

/** Weak, because each answer holds a new link: it says that the job has not moved. */
export function jobTag(job: ExportJob): string {
  return `W/"${jobVersion(job)}"`;
}

/** Whether the job moves no more, but for the end of its file. */
export function isOver({ state }: ExportJob): boolean {
  return state !== 'Pending' && state !== 'Running';
}

export function jobHeaders(job: ExportJob): Record<string, string> {
  return {
    etag: jobTag(job),
    'cache-control': 'private, no-store',
    ...(!isOver(job) && { 'retry-after': String(LOOK_AGAIN) }),
  };
}

/** `If-None-Match` by weak comparison (RFC 9110, 13.1.2). */
export function matchesTag(header: string | null, tag: string): boolean {
  const opaque = (text: string): string => text.trim().replace(/^W\//, '');
  return (
    header !== null &&
    (header.trim() === '*' || header.split(',').some((each) => opaque(each) === opaque(tag)))
  );
}
