import { z } from 'zod';
import { AuditRecord } from '../audit.js';
import { agreeing } from './agreeing.js';

/** Checks a record where it is made and again where it is kept: neither end trusts what travelled. */
export const auditRecordSchema = agreeing<AuditRecord>()(
  z.object({
    id: z.uuid(),
    at: z.iso.datetime(),
    action: z.enum([
      'query',
      'query.explain',
      'export.submit',
      'export.read',
      'export.list',
      'export.cancel',
      'export.run',
      'export.end',
      'export.download',
      'denied',
    ]),
    subject: z.string().nullable(),
    clientId: z.string().nullable(),
    tenant: z.string().nullable(),
    dataset: z.string().nullable(),
    columns: z.array(z.string()).readonly(),
    masks: z.array(z.string()).readonly(),
    queryHash: z.string().nullable(),
    rows: z.int().nonnegative().nullable(),
    status: z.int().min(100).max(599),
    code: z.string().nullable(),
    durationMs: z.number().nonnegative(),
    requestId: z.string(),
    address: z.string().nullable(),
    jobId: z.string().nullable(),
  }),
);

/** More records than a spool ships at once. */
const MOST_RECORDS = 10_000;

export const auditBatchSchema = z.object({
  records: z.array(auditRecordSchema).max(MOST_RECORDS).readonly(),
});
