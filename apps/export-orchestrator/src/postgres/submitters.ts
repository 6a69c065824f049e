import { SubmitterNow } from '../job/narrow-principal.js';
import { Sql } from './job-database.js';

/** Who submitted the job, first or again, as their clients stand now. */
export function findSubmitters(sql: Sql, jobId: string): Promise<readonly SubmitterNow[]> {
  return sql.rows<SubmitterNow>(
    `select distinct s.client_id as "clientId", case when c.client_id is not null then jsonb_build_object(
        'revoked', c.revoked_at is not null, 'tenants', c.tenants, 'roles', c.roles, 'claims', c.claims) end as client
      from export_job_submitter s left join oauth_client c on c.client_id = s.client_id
      where s.job_id = $1`,
    [jobId],
  );
}

/** Live jobs of which no submitter may have the file any more: all were revoked, or lost the role or the tenant. */
export async function findForsakenJobs(sql: Sql, limit: number): Promise<readonly string[]> {
  const rows = await sql.rows<{ id: string }>(
    `select j.id from export_job j
      where j.state in ('Pending', 'Running')
        and not exists (
          select 1 from export_job_submitter s left join oauth_client c on c.client_id = s.client_id
            where s.job_id = j.id and (c.client_id is null
              or (c.revoked_at is null and j.tenant = any(c.tenants) and c.roles && '{exporter,admin}'::text[])))
      limit $1`,
    [limit],
  );
  return rows.map(({ id }) => id);
}
