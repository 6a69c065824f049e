import { ExportJob, SignedManifest } from '@sluice/contracts';
import { createHash } from 'node:crypto';

/** What a worker of these tests says of the file that an attempt made: one row. */
export function manifestOf(
  { jobId, tenant, format, compression }: ExportJob,
  attempt: number,
  made: { readonly content: string; readonly policyHash: string },
): SignedManifest {
  return {
    jobId,
    attempt,
    tenant,
    dataset: 'flights',
    queryHash: 'query',
    policyHash: made.policyHash,
    policyVersion: 'policy-1',
    dataVersion: 'data-1',
    columns: [],
    format,
    compression,
    rows: 1,
    bytes: made.content.length,
    sha256: createHash('sha256').update(made.content).digest('hex'),
    createdAt: new Date().toISOString(),
    signature: 'signature',
  };
}
