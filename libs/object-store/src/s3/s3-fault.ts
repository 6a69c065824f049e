import { alreadyPublished, notFound, storeFault } from '../remote/store-fault.js';
import { notSatisfiable } from '../remote/byte-range.js';

interface S3Error {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

/** Turns what the client of S3 throws into a fault of ours. */
export function s3Fault(error: unknown): Error {
  const { status, code } = s3Facts(error);
  if (code === 'NoSuchKey' || code === 'NotFound') return notFound();
  if (status === 416) return notSatisfiable();
  if (status === 412) return alreadyPublished();
  return storeFault(s3Facts(error));
}

/** Whether the store says that it knows no such upload: it was completed, given up, or swept away. */
export function isUploadGone(error: unknown): boolean {
  return s3Facts(error).code === 'NoSuchUpload';
}

export function s3Facts(error: unknown): { code: string; status: number | null; requestId: string | null } {
  const { name, code, message, $metadata } = (error ?? {}) as S3Error;
  // What the client does not take for an error, such as one of another realm, it wraps; its name is then in the text.
  const wrapped = /^AWS SDK error wrapper for (\w+)/.exec(String(message))?.[1];
  return {
    // A system's code says more than the name that its error has.
    code: String(typeof code === 'string' ? code : (wrapped ?? name ?? 'unknown')),
    status: $metadata?.httpStatusCode ?? null,
    requestId: $metadata?.requestId ?? null,
  };
}
