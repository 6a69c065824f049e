import { JobState } from '@sluice/contracts';
import { World } from '../world.js';
import { Violation, violation } from './violation.js';

interface Recorded {
  readonly id: string;
  readonly state: JobState;
  readonly attempt: number;
  /** `export.submit` records with 202 and with 200, `export.run` records that delivered, and all of them. */
  readonly created: number;
  readonly found: number;
  readonly delivered: number;
  readonly runs: number;
  /** `export.end` records. */
  readonly ends: number;
}

/** I5: what was answered stands in the trail, and what stands there was done. */
export async function checkAudit(world: World): Promise<readonly Violation[]> {
  const jobs = await world.database.query<Recorded[]>(
    `select j.id, j.state, j.attempt,
        count(*) filter (where a.action = 'export.submit' and a.status = 202)::int as created,
        count(*) filter (where a.action = 'export.submit' and a.status = 200)::int as found,
        count(*) filter (where a.action = 'export.run' and a.status = 200)::int as delivered,
        count(*) filter (where a.action = 'export.run')::int as runs,
        count(*) filter (where a.action = 'export.end')::int as ends
      from export_job j left join audit_record a on a.job_id = j.id::text
      group by j.id`,
  );
  return jobs.flatMap((job) => [...checkSubmits(world, job), ...checkRuns(world, job), ...checkEnd(job)]);
}

function checkSubmits(world: World, { id, created, found }: Recorded): Violation[] {
  const answers = Object.values(world.callers)
    .map(({ accepted }) => accepted.get(id)?.answers)
    .find((known) => known !== undefined);
  const said = `job ${id}: submitted ${created} times anew and ${found} times again in the trail`;
  if (created > 1 || created + found === 0) return [violation('I5', said)];
  if (!answers) return [];
  const told = `, answered ${answers.created} and ${answers.found} times`;
  const missing = created < answers.created || found < answers.found;
  // A service that was killed with its record written, but its answer not, lets the record come twice.
  const doubled = !world.marks.killed && (created > answers.created || found > answers.found);
  return missing || doubled ? [violation('I5', said + told)] : [];
}

function checkRuns(world: World, { id, state, attempt, delivered, runs }: Recorded): Violation[] {
  const said = `job ${id}, ${state} after ${attempt} attempts: ${runs} runs recorded, ${delivered} of them delivered`;
  const unrecorded = state === 'Succeeded' && delivered === 0;
  const doubled = delivered > 1 && !world.marks.killed;
  return runs > attempt || unrecorded || doubled ? [violation('I5', said)] : [];
}

/** Whatever was killed: the record is left by the transaction that ends the job. */
function checkEnd({ id, state, ends }: Recorded): Violation[] {
  return ends === 1 ? [] : [violation('I5', `job ${id}, ${state}: its end was recorded ${ends} times`)];
}
