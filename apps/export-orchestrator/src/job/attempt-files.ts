import { exportFileName } from '@sluice/contracts';
import { exportKey, manifestKey, ObjectStore } from '@sluice/object-store';
import { passFailpoint } from '@sluice/service-kit';
import { JobRow } from './job-row.js';

/** What the name of a job's file is made of. */
export type FilesOf = Pick<JobRow, 'id' | 'tenant' | 'dataset' | 'spec'>;

/** The one file that an attempt may write. */
export function attemptFile(job: FilesOf, attempt: number): { readonly key: string; readonly name: string } {
  const name = exportFileName(job.dataset, job.id, job.spec);
  return { key: exportKey({ tenant: job.tenant, jobId: job.id, attempt, name }), name };
}

/** Removes an attempt's file and manifest; no error when there are none. */
export async function deleteAttempt(store: ObjectStore, job: FilesOf, attempt: number): Promise<void> {
  const { key } = attemptFile(job, attempt);
  await store.delete(key);
  passFailpoint('orchestrator.file-removed');
  await store.delete(manifestKey(key));
}

const KEY = /^[^/]+\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/([1-9]\d{0,8})\/[^/]+$/;

/** The job and attempt that a file in the store was made by; undefined for a key that is not of an export. */
export function attemptOfKey(key: string): { readonly jobId: string; readonly attempt: number } | undefined {
  const [, jobId, attempt] = KEY.exec(key) ?? [];
  return jobId === undefined ? undefined : { jobId, attempt: Number(attempt) };
}
