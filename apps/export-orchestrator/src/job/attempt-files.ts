import { exportFileName } from '@sluice/contracts';
import { exportKey, manifestKey, ObjectStore } from '@sluice/object-store';
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
  await store.delete(manifestKey(key));
}
