import { AuditSink, ExportJob, JobRequest } from '@sluice/contracts';
import { jobFacts } from '../audit/job-facts.js';
import { recorded } from '@sluice/service-kit';
import { JobDatabase } from '../postgres/job-database.js';
import { readJobView } from '../postgres/read-job-view.js';
import { visibleJob } from '../postgres/visible-job.js';
import { requireExporter } from '../submit/require-exporter.js';

/** Tells how a job stands (SPEC X3). */
export class GetExportUseCase {
  constructor(
    private readonly database: JobDatabase,
    private readonly audit: AuditSink,
  ) {}

  run({ principal, origin, jobId }: JobRequest): Promise<ExportJob> {
    const asked = { action: 'export.read', principal, tenant: principal.tenants[0], origin, jobId } as const;
    return recorded(this.audit, asked, async (note) => {
      requireExporter(principal);
      const job = await visibleJob(this.database, principal, jobId);
      note(jobFacts(job));
      return readJobView(this.database, job.id);
    });
  }
}
