import { AuditRecord } from '@sluice/contracts';
import { z } from 'zod';

/** Checks a record where it is made and again where it is kept: neither end trusts what travelled. */
export const auditRecordSchema = z.object({
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
}) satisfies z.ZodType<AuditRecord>;
