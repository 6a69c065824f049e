import { JobState } from '@sluice/contracts';
import { AcceptedJob } from '../caller.js';
import { World } from '../world.js';
import { Violation, violation } from './violation.js';

interface Recorded {
  readonly id: string;
  readonly state: JobState;
  readonly attempt: number;
  /** Attempts whose worker fell silent, as far as the job was put back for it. */
  readonly losses: number;
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
    `select j.id, j.state, j.attempt, j.losses,
        count(*) filter (where a.action = 'export.submit' and a.status = 202)::int as created,
        count(*) filter (where a.action = 'export.submit' and a.status = 200)::int as found,
        count(*) filter (where a.action = 'export.run' and a.status = 200)::int as delivered,
        count(*) filter (where a.action = 'export.run')::int as runs,
        count(*) filter (where a.action = 'export.end')::int as ends
      from export_job j left join audit_record a on a.job_id = j.id::text
      group by j.id`,
  );
  return jobs.flatMap((job) => [...checkSubmits(world, job), ...checkRuns(job), ...checkEnd(job)]);
}

function checkSubmits(world: World, { id, created, found }: Recorded): Violation[] {
  const accepted = Object.values(world.callers)
    .map((caller) => caller.accepted.get(id))
    .find((job) => job !== undefined);
  const said = `job ${id}: submitted ${created} times anew and ${found} times again in the trail`;
  if (created > 1 || created + found === 0) return [violation('I5', said)];
  if (!accepted) return [];
  const { answers } = accepted;
  const told = `, answered ${answers.created} and ${answers.found} times`;
  const missing = created < answers.created || found < answers.found;
  const more = created > answers.created || found > answers.found;
  return missing || (more && !mayBeRecordedAgain(world, accepted)) ? [violation('I5', said + told)] : [];
}

/**
 * A submission is recorded before it is answered. Who is ended between the two leaves a record without its answer, and what was asked is
 * done again, by another orchestrator or by the caller: a second record, of the job that was found. No other submission may have more.
 */
function mayBeRecordedAgain(world: World, { asked }: AcceptedJob): boolean {
  return world.disturbances.meet(asked);
}

/**
 * Each attempt has one record, whatever became of it; only of one whose worker fell silent there may be none. So it is exact for every job
 * that lost no worker. Several that delivered are no fault: a file is recorded before it is shown, and who was ended in between did neither.
 */
function checkRuns({ id, state, attempt, losses, delivered, runs }: Recorded): Violation[] {
  const said = `job ${id}, ${state} after ${attempt} attempts, ${losses} of them lost: ${runs} runs recorded, ${delivered} of them delivered`;
  // A job that ended while its last worker was silent is not put back, and that loss not counted.
  const silent = losses + (state === 'Succeeded' ? 0 : 1);
  const unrecorded = state === 'Succeeded' && delivered === 0;
  return runs > attempt || runs < attempt - silent || unrecorded ? [violation('I5', said)] : [];
}

/** Whatever was killed: the record is left by the transaction that ends the job. */
function checkEnd({ id, state, ends }: Recorded): Violation[] {
  return ends === 1 ? [] : [violation('I5', `job ${id}, ${state}: its end was recorded ${ends} times`)];
}
