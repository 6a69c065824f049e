import { JobState, ListPosition } from '@sluice/contracts';
import { JobRow } from '../job/job-row.js';
import { Sql } from './job-database.js';
import { COLUMNS } from './job-reads.js';

/** Whose jobs are listed. */
export type Listed =
  | { readonly kind: 'tenants'; readonly tenants: readonly string[] }
  /** Those that one caller submitted, first or again, in the tenants that are the caller's now. */
  | {
      readonly kind: 'submitter';
      readonly tenants: readonly string[];
      readonly clientId: string;
      readonly subject: string;
    };

export interface ListedRow extends JobRow {
  /** To the microsecond, as the place in the list is. */
  readonly position: string;
  /** In the tenant's own line, from 1; null for jobs that do not wait. */
  readonly line: string | null;
}

/** Jobs of one page, the newest first. A tenant's line is short, so places in it are counted row by row. */
export function listJobs(
  sql: Sql,
  listed: Listed,
  page: { readonly state: JobState | null; readonly after: ListPosition | null; readonly limit: number },
): Promise<readonly ListedRow[]> {
  const mine = listed.kind === 'submitter' ? [listed.clientId, listed.subject] : [null, null];
  return sql.rows<ListedRow>(
    `with page as (
        select ${COLUMNS}, j.created_at::text as position from export_job j
          where j.tenant = any($1)
            and ($2::text is null or j.state = $2)
            and ($3::timestamptz is null or (j.created_at, j.id) < ($3, $4::uuid))
            and ($5::text is null or exists (
              select 1 from export_job_submitter s where s.job_id = j.id and s.client_id = $5 and s.subject = $6))
          order by j.created_at desc, j.id desc limit $7
      ), line as (
        select id, row_number() over (partition by tenant order by created_at, id) as place
          from export_job
          where state = 'Pending' and tenant in (select tenant from page where state = 'Pending')
      )
      select page.*, line.place as line from page left join line using (id)
        order by page.created_at desc, page.id desc`,
    [
      listed.tenants,
      page.state,
      page.after?.createdAt ?? null,
      page.after?.jobId ?? null,
      ...mine,
      page.limit,
    ],
  );
}
