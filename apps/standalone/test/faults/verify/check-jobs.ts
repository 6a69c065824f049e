import { JobState } from '@sluice/contracts';
import { JobChange, mostActive, readHistory } from '../job-history.js';
import { World } from '../world.js';
import { Violation, violation } from './violation.js';

const ENDED: readonly JobState[] = ['Succeeded', 'Failed', 'Canceled'];
const MOST_ACTIVE = 10;
const MOST_ATTEMPTS = 4;
/** The database's clock has more digits than a number of ms. */
const ROUNDING_MS = 1;

interface JobNow {
  readonly id: string;
  readonly state: JobState;
  readonly attempt: number;
}

/** I1, I4, I6 and I7, from the job table and what the database kept of its changes. */
export async function checkJobs(world: World): Promise<readonly Violation[]> {
  const jobs = await world.database.query<JobNow[]>('select id, state, attempt from export_job');
  const history = await readHistory(world.database);
  const changesOf = byJob(history);
  return [
    ...checkEnds(world, jobs, changesOf),
    ...history.flatMap(checkTransition),
    ...checkActive(Math.max(world.active.most, mostActive(history))),
    ...jobs
      .filter(({ attempt }) => attempt > MOST_ATTEMPTS)
      .map(({ id, attempt }) => violation('I7', `job ${id} was run ${attempt} times`)),
    ...[...changesOf.values()].flatMap((changes) => checkPauses(changes, world.times.retryBase)),
  ];
}

function checkActive(most: number): Violation[] {
  return most > MOST_ACTIVE ? [violation('I6', `${most} active jobs of one tenant`)] : [];
}

function byJob(history: readonly JobChange[]): ReadonlyMap<string, readonly JobChange[]> {
  const changes = new Map<string, JobChange[]>();
  for (const change of history) changes.set(change.job_id, [...(changes.get(change.job_id) ?? []), change]);
  return changes;
}

function checkEnds(
  world: World,
  jobs: readonly JobNow[],
  changesOf: ReadonlyMap<string, readonly JobChange[]>,
): Violation[] {
  const known = new Map(jobs.map((job) => [job.id, job]));
  const accepted = Object.values(world.callers).flatMap((caller) => [...caller.accepted.keys()]);
  const lost = accepted.filter((id) => !known.has(id)).map((id) => violation('I1', `job ${id} is lost`));
  const wrong = jobs.flatMap(({ id, state }) => {
    const ends = (changesOf.get(id) ?? []).filter(({ new_state }) => ENDED.includes(new_state));
    if (!ENDED.includes(state)) return [violation('I1', `job ${id} is still ${state}`)];
    return ends.length === 1 ? [] : [violation('I1', `job ${id} ended ${ends.length} times`)];
  });
  return [...lost, ...wrong];
}

/** Every other change of state or attempt is forbidden; above all, an end is final. */
function checkTransition(change: JobChange): Violation[] {
  const { old_state, new_state, old_attempt, attempt } = change;
  const steps: Record<string, boolean> = {
    'new>Pending': attempt === 0,
    'Pending>Running': attempt === old_attempt + 1,
    // A worker takes over a job whose lease ran out before anybody noticed.
    'Running>Running': attempt === old_attempt + 1,
    'Running>Pending': attempt === old_attempt,
    'Running>Succeeded': attempt === old_attempt,
    'Running>Failed': attempt === old_attempt,
    'Running>Canceled': attempt === old_attempt,
    // The lease ran out while the outcome was on its way.
    'Pending>Succeeded': attempt === old_attempt && attempt > 0,
    'Pending>Failed': attempt === old_attempt,
    'Pending>Canceled': attempt === old_attempt,
  };
  if (steps[`${old_state ?? 'new'}>${new_state}`]) return [];
  const text = `${old_state ?? 'new'} (${old_attempt}) to ${new_state} (${attempt})`;
  return [violation('I4', `job ${change.job_id} went from ${text}`)];
}

/** Each time the job goes back into the line, it waits the base doubled by each attempt, and up to half of that on top. */
function checkPauses(changes: readonly JobChange[], retryBase: number): Violation[] {
  return changes.flatMap((change, index) => {
    if (change.old_state !== 'Running' || change.new_state !== 'Pending') return [];
    // It was reckoned at some moment between the two.
    const [longest, shortest] = [change.run_after - change.asked, change.run_after - change.at];
    const least = retryBase * 2 ** (change.attempt - 1);
    const written = longest >= least - ROUNDING_MS && shortest <= 1.5 * least + ROUNDING_MS;
    const next = changes[index + 1];
    const early = next?.new_state === 'Running' && next.at < change.run_after;
    const said = `job ${change.job_id}, attempt ${change.attempt}`;
    return [
      ...(written
        ? []
        : [
            violation(
              'I7',
              `${said}: a pause of ${Math.round(shortest)} to ${Math.round(longest)} ms, not ${least} to ${1.5 * least}`,
            ),
          ]),
      ...(early ? [violation('I7', `${said}: run again before its pause was over`)] : []),
    ];
  });
}
