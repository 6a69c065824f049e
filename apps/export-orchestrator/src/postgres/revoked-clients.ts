import { Sql } from './job-database.js';

/**
 * Whether anybody who submitted the job may still use it. Clients of an issuer of others are not in the table and count as live: their
 * tokens are what ends.
 */
export async function hasLiveSubmitter(sql: Sql, jobId: string): Promise<boolean> {
  const live = await sql.rows(
    `select 1 from export_job_submitter s left join oauth_client c on c.client_id = s.client_id
      where s.job_id = $1 and c.revoked_at is null limit 1`,
    [jobId],
  );
  return live.length > 0;
}

/** Live jobs that were submitted by clients that are all revoked by now. */
export async function findRevokedJobs(sql: Sql, limit: number): Promise<readonly string[]> {
  const rows = await sql.rows<{ id: string }>(
    `select j.id from export_job j join oauth_client c on c.client_id = j.client_id
      where j.state in ('Pending', 'Running') and c.revoked_at is not null
        and not exists (
          select 1 from export_job_submitter s left join oauth_client o on o.client_id = s.client_id
            where s.job_id = j.id and o.revoked_at is null)
      limit $1`,
    [limit],
  );
  return rows.map(({ id }) => id);
}
