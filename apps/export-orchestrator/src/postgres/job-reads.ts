import { JobRow } from '../job/job-row.js';
import { Sql } from './job-database.js';

/** `clock_timestamp()`, not `now()`: a transaction may have waited for the row since it began. */
export const COLUMNS = `j.id, j.tenant, j.client_id, j.subject, j.principal, j.origin, j.spec, j.dataset, j.output_columns,
  j.query_hash, j.state, j.attempt, j.losses, j.rows_done, j.rows_expected, j.error_code, j.error_message, j.manifest, j.file_name,
  j.file_expires_at, j.created_at, j.started_at, j.finished_at,
  j.lease_expires_at <= clock_timestamp() as lease_expired,
  j.run_after <= clock_timestamp() as due,
  j.file_expires_at <= clock_timestamp() as file_expired`;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The job, held against every other transaction until this one ends; undefined when there is none. */
export async function lockJob(sql: Sql, jobId: string): Promise<JobRow | undefined> {
  if (!UUID.test(jobId)) return undefined;
  const [row] = await sql.rows<JobRow>(`select ${COLUMNS} from export_job j where j.id = $1 for update`, [
    jobId,
  ]);
  return row;
}

export async function findJob(sql: Sql, jobId: string): Promise<JobRow | undefined> {
  if (!UUID.test(jobId)) return undefined;
  const [row] = await sql.rows<JobRow>(`select ${COLUMNS} from export_job j where j.id = $1`, [jobId]);
  return row;
}

/** Whether the caller submitted the job, first or again. */
export async function isSubmitter(
  sql: Sql,
  jobId: string,
  clientId: string,
  subject: string,
): Promise<boolean> {
  const found = await sql.rows(
    `select 1 from export_job_submitter where job_id = $1 and client_id = $2 and subject = $3`,
    [jobId, clientId, subject],
  );
  return found.length > 0;
}

/** Place of a waiting job in its tenant's line, from 1. */
export async function queuePosition(sql: Sql, { id, tenant }: JobRow): Promise<number> {
  const [row] = await sql.rows<{ position: string }>(
    `select count(*) as position from export_job w, export_job j
      where j.id = $1 and w.tenant = $2 and w.state = 'Pending' and (w.created_at, w.id) <= (j.created_at, j.id)`,
    [id, tenant],
  );
  return Number(row?.position ?? 0);
}
