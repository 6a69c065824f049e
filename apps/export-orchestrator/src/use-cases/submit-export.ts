import { AuditSink, ExportJob, queryCheck, SubmitExport } from '@sluice/contracts';
import { MessageBus } from '@sluice/messaging';
import { Note, passFailpoint, recorded } from '@sluice/service-kit';
import { jobFacts } from '../audit/job-facts.js';
import { JobDatabase } from '../postgres/job-database.js';
import { findJob } from '../postgres/job-reads.js';
import { readJobView } from '../postgres/read-job-view.js';
import { findTaken } from '../postgres/submissions.js';
import { readExportBody } from '../submit/read-export-body.js';
import { readIdempotencyKey } from '../submit/read-idempotency-key.js';
import { requireExporter } from '../submit/require-exporter.js';
import { TakeSubmission } from './take-submission.js';

interface Submitted {
  readonly job: ExportJob;
  /** False when the job was there already. */
  readonly created: boolean;
}

/**
 * Takes an export, or finds the one that was taken before (SPEC X1, X2). A submission that comes again under its id, because its answer was
 * lost, gets the same answer, whatever has become of job and rules since, and counts as one in the trail.
 */
export class SubmitExportUseCase {
  constructor(
    private readonly bus: MessageBus,
    private readonly database: JobDatabase,
    private readonly audit: AuditSink,
    private readonly settings: {
      readonly take: TakeSubmission;
      /** Called once a job was committed, so that it need not wait for the relay's next round. */
      readonly onCreated: () => void;
    },
  ) {}

  run(request: SubmitExport): Promise<Submitted> {
    const { principal, origin } = request;
    const [tenant] = principal.tenants;
    const asked = { action: 'export.submit', principal, tenant, origin, jobId: null } as const;
    return recorded(this.audit, asked, async (note) => {
      requireExporter(principal);
      const submitted = (await this.answeredBefore(request, note)) ?? (await this.submit(request, note));
      const { job, created } = submitted;
      // Only an answer that took something: after a refusal, the same submission may still be taken.
      if (request.submissionId !== undefined) note({ id: request.submissionId });
      note({ jobId: job.jobId, status: created ? 202 : 200 });
      if (created) this.settings.onCreated();
      return submitted;
    });
  }

  private async answeredBefore({ submissionId }: SubmitExport, note: Note): Promise<Submitted | null> {
    const taken = submissionId === undefined ? undefined : await findTaken(this.database, submissionId);
    if (!taken) return null;
    const row = await findJob(this.database, taken.jobId);
    if (row) note({ ...jobFacts(row), rows: null });
    return { job: await readJobView(this.database, taken.jobId), created: taken.created };
  }

  private async submit(request: SubmitExport, note: Note): Promise<Submitted> {
    const { principal } = request;
    const idempotencyKey = readIdempotencyKey(request.idempotencyKey);
    const spec = readExportBody(request.body);
    const query = await this.bus.request(queryCheck, { principal, body: spec.queryDefinition });
    note({
      dataset: query.dataset,
      columns: query.columns.map(({ name }) => name),
      masks: query.columns.filter(({ masked }) => masked).map(({ name }) => name),
      queryHash: query.queryHash,
    });
    const { jobId, created } = await this.database.transaction(async (sql) => {
      const submission = { request, tenant: principal.tenants[0], spec, query };
      const taken = await this.settings.take.run(sql, submission, idempotencyKey);
      // Before the commit: when nobody learns what became of it, the record still names the job.
      note({ jobId: taken.jobId });
      return taken;
    });
    passFailpoint('orchestrator.submitted');
    return { job: await readJobView(this.database, jobId), created };
  }
}
