import { FilesOf } from '../job/attempt-files.js';
import { Sql } from './job-database.js';

/** A job that may have a file in the store, and of which attempt. */
export interface AttemptKeeper extends FilesOf {
  readonly attempt: number;
}

/**
 * Of the given jobs those that may have a file: live ones, of the attempt that runs or ran last, and succeeded ones whose time is not over,
 * of the attempt that made it.
 */
export async function findKeepers(
  sql: Sql,
  jobIds: readonly string[],
): Promise<ReadonlyMap<string, AttemptKeeper>> {
  if (jobIds.length === 0) return new Map();
  const rows = await sql.rows<AttemptKeeper>(
    `select id, tenant, dataset, spec, coalesce((manifest ->> 'attempt')::integer, attempt) as attempt from export_job
      where id = any($1::uuid[])
        and (state in ('Pending', 'Running') or (state = 'Succeeded' and file_expires_at > clock_timestamp()))`,
    [jobIds],
  );
  return new Map(rows.map((row) => [row.id, row]));
}
