import {
  AuditSink,
  ExportPage,
  hasRole,
  LIST_LIMIT,
  ListExports,
  Principal,
  SluiceError,
} from '@sluice/contracts';
import { recorded } from '@sluice/service-kit';
import { toExportJob } from '../job/export-job.js';
import { JobDatabase } from '../postgres/job-database.js';
import { Listed, listJobs } from '../postgres/job-list.js';
import { requireExporter } from '../submit/require-exporter.js';

/** Lists jobs in keyset pages, the newest first (SPEC X3): an admin's of the tenants, others' those that they submitted (SPEC P2). */
export class ListExportsUseCase {
  constructor(
    private readonly database: JobDatabase,
    private readonly audit: AuditSink,
  ) {}

  run({ principal, origin, state, limit, after }: ListExports): Promise<ExportPage> {
    const tenant = principal.tenants[0];
    const asked = { action: 'export.list', principal, tenant, origin, jobId: null } as const;
    return recorded(this.audit, asked, async (note) => {
      requireExporter(principal);
      requireLimit(limit);
      const found = await listJobs(this.database, listedFor(principal), { state, after, limit: limit + 1 });
      const rows = found.slice(0, limit);
      const last = rows.at(-1);
      note({ rows: rows.length });
      return {
        jobs: rows.map((row) => toExportJob(row, row.line === null ? null : Number(row.line))),
        next: found.length > limit && last ? { createdAt: last.position, jobId: last.id } : null,
      };
    });
  }
}

function listedFor(principal: Principal): Listed {
  const { tenants, clientId, subject } = principal;
  if (hasRole(principal, 'admin')) return { kind: 'tenants', tenants };
  return { kind: 'submitter', tenants, clientId, subject };
}

function requireLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= LIST_LIMIT.most) return;
  throw new SluiceError('limit-exceeded', `The limit is a whole number from 1 to ${LIST_LIMIT.most}.`, {
    limit: { name: 'listLimit', value: LIST_LIMIT.most },
  });
}
