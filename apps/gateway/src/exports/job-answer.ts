import { createHash } from 'node:crypto';
import { type ExportJob, type ExportResult } from '@sluice/contracts';
import { type SignedLinks } from './signed-link.js';

/** A job as callers see it (SPEC X3). */
export interface JobAnswer extends Omit<ExportJob, 'tenant' | 'result'> {
  readonly result: (ExportResult & { readonly downloadUrl: string; readonly urlExpiresAt: string }) | null;
}

/** Seconds after which looking again makes sense. */
const LOOK_AGAIN = 1;

/** Adds a link that was signed just now. The tenant is left out: it is the caller's own. */
export function toJobAnswer({ tenant, result, ...job }: ExportJob, links: SignedLinks): JobAnswer {
  if (result === null) return { ...job, result };
  const link = links.sign({ jobId: job.jobId, tenant, sha256: result.sha256 }, result.fileExpiresAt);
  return { ...job, result: { ...result, downloadUrl: link.url, urlExpiresAt: link.expiresAt } };
}

/** Weak, because each answer holds a new link: it says that the job has not moved. */
export function jobTag(job: ExportJob): string {
  return `W/"${createHash('sha256').update(JSON.stringify(job)).digest('base64url')}"`;
}

export function jobHeaders(job: ExportJob): Record<string, string> {
  const active = job.state === 'Pending' || job.state === 'Running';
  return {
    etag: jobTag(job),
    'cache-control': 'private, no-store',
    ...(active && { 'retry-after': String(LOOK_AGAIN) }),
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
