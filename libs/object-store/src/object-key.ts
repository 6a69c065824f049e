import { createHash } from 'node:crypto';

/** What a file of an export is called in the store: one folder per attempt, so that attempts never meet. */
export interface ExportFileName {
  readonly tenant: string;
  readonly jobId: string;
  readonly attempt: number;
  readonly name: string;
}

const SEGMENT = /^[A-Za-z0-9_~][A-Za-z0-9._~-]{0,199}$/;
const PLAIN_TENANT = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const MAX_SEGMENTS = 8;

/** Makes the key `tenant/jobId/attempt/name`. A tenant that is no plain word stands in it as its hash. */
export function exportKey({ tenant, jobId, attempt, name }: ExportFileName): string {
  return checked([tenantSegment(tenant), jobId, String(attempt), name]).join('/');
}

/** Key of the manifest that lies beside a file. */
export function manifestKey(fileKey: string): string {
  return `${fileKey}.manifest.json`;
}

/**
 * Splits a key into its segments. Each holds letters, digits and `._~-` only and starts with neither `.` nor `-`, so that no
 * key can leave the store's folder, on any system.
 *
 * @throws RangeError for anything else; keys are made by us, so a bad one is a fault and no answer to a caller
 */
export function parseObjectKey(key: string): readonly string[] {
  return checked(key.split('/'));
}

function checked(segments: readonly string[]): readonly string[] {
  if (segments.length > MAX_SEGMENTS || !segments.every((segment) => SEGMENT.test(segment))) {
    throw new RangeError('The object key is not valid.');
  }
  return segments;
}

function tenantSegment(tenant: string): string {
  if (PLAIN_TENANT.test(tenant)) return tenant;
  return `~${createHash('sha256').update(tenant).digest('hex').slice(0, 40)}`;
}

/** How the keys in a folder begin: nothing for all, else its segments and a slash. Throws a RangeError for no valid folder. */
export function folderPrefix(folder: string): string {
  return folder === '' ? '' : `${parseObjectKey(folder).join('/')}/`;
}
