import { Sql } from './job-database.js';

/** Ends the time of files whose jobs finished longer ago; tells how many these are. */
export async function expireOlder(sql: Sql, olderThanMs: number): Promise<number> {
  const rows = await sql.rows(
    `update export_job
      set file_expires_at = clock_timestamp(), tidy_at = clock_timestamp()
      where state = 'Succeeded' and file_expires_at > clock_timestamp()
        and finished_at < clock_timestamp() - $1 * interval '1 millisecond'
      returning id`,
    [olderThanMs],
  );
  return rows.length;
}

/** Jobs whose files are still to be removed. */
export async function countDueFiles(sql: Sql): Promise<number> {
  const [row] = await sql.rows<{ due: number }>(
    `select count(*)::integer as due from export_job where tidy_at <= clock_timestamp()`,
  );
  return row?.due ?? 0;
}
