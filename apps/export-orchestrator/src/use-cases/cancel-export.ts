import { AuditSink, ExportJob, hasRole, JobRequest, Principal, SluiceError } from '@sluice/contracts';
import { jobFacts } from '../audit/job-facts.js';
import { recorded } from '@sluice/service-kit';
import { JobRow, standingOf } from '../job/job-row.js';
import { nextState } from '../job/job-state.js';
import { JobDatabase, Sql } from '../postgres/job-database.js';
import { lockJob } from '../postgres/job-reads.js';
import { expireFile } from '../postgres/job-writes.js';
import { readJobView } from '../postgres/read-job-view.js';
import { jobNotFound, visibleJob } from '../postgres/visible-job.js';
import { requireExporter } from '../submit/require-exporter.js';
import { endJobWithoutFile } from './end-job.js';

/** Cancels a live job, or deletes a finished one's file (SPEC X3). Harmless when there is nothing left to do. */
export class CancelExportUseCase {
  constructor(
    private readonly database: JobDatabase,
    private readonly audit: AuditSink,
    private readonly settings: { readonly tidyAfterMs: number; readonly onChanged: () => void },
  ) {}

  run({ principal, origin, jobId }: JobRequest): Promise<ExportJob> {
    const asked = {
      action: 'export.cancel',
      principal,
      tenant: principal.tenants[0],
      origin,
      jobId,
    } as const;
    return recorded(this.audit, asked, async (note) => {
      requireExporter(principal);
      const seen = await visibleJob(this.database, principal, jobId);
      note(jobFacts(seen));
      requireOwner(principal, seen);
      const job = await this.database.transaction((sql) => this.cancel(sql, seen.id));
      // The file already counts as gone and the slot as free; removing the one and filling the other is started early.
      this.settings.onChanged();
      return job;
    });
  }

  private async cancel(sql: Sql, jobId: string): Promise<ExportJob> {
    const job = await lockJob(sql, jobId);
    if (!job) throw jobNotFound();
    const transition = nextState(standingOf(job), { kind: 'cancel' });
    if (transition.kind === 'end') {
      const { tidyAfterMs } = this.settings;
      await endJobWithoutFile(sql, job, { state: 'Canceled', error: null }, tidyAfterMs);
    } else if (job.state === 'Succeeded') await expireFile(sql, jobId);
    return readJobView(sql, jobId);
  }
}

/** Who got the job of another by submitting the same may look at it, not take it away. */
function requireOwner(principal: Principal, job: JobRow): void {
  const owns = job.client_id === principal.clientId && job.subject === principal.subject;
  if (owns || hasRole(principal, 'admin')) return;
  throw new SluiceError('role-required', 'Only who submitted this export first, or an admin, can cancel it.');
}
