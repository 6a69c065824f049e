import { AuditSink, ERROR_CODES, ExportJob, JobRequest, SluiceError } from '@sluice/contracts';
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

  run(request: JobRequest): Promise<ExportJob> {
    return request.again === true ? this.lookAgain(request) : this.look(request);
  }

  /** A stream looks each second: the record of its beginning stands for what it is shown, one of each look would only bury it. */
  private async lookAgain(request: JobRequest): Promise<ExportJob> {
    const { principal, jobId } = request;
    try {
      requireExporter(principal);
      return await readJobView(this.database, (await visibleJob(this.database, principal, jobId)).id);
    } catch (error) {
      // What is refused or failed comes out of the recorded look the same.
      if (error instanceof SluiceError && ERROR_CODES[error.code].status < 500) return this.look(request);
      throw error;
    }
  }

  private look({ principal, origin, jobId }: JobRequest): Promise<ExportJob> {
    const asked = { action: 'export.read', principal, tenant: principal.tenants[0], origin, jobId } as const;
    return recorded(this.audit, asked, async (note) => {
      requireExporter(principal);
      const job = await visibleJob(this.database, principal, jobId);
      note(jobFacts(job));
      return readJobView(this.database, job.id);
    });
  }
}
