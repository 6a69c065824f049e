import { Caller, SeenJob } from './caller.js';
import { JobChange, readHistory } from './job-history.js';
import { until } from './until.js';
import { ServiceName, World } from './world.js';

/** A worker armed so gives its file's bytes out at 250 kB/s: a big job then takes some 20 s. */
export const SLOW = 'worker.chunk:1:slow';

/** Waits until a job's worker has told of rows. With a slow worker its end is then far away. */
export function underWay(caller: Caller, jobId: string): Promise<SeenJob> {
  return until(`job ${jobId} is under way`, async () => {
    const job = await caller.job(jobId);
    return job.state === 'Running' && job.progress.rowsDone > 0 ? job : undefined;
  });
}

/** Waits until a service has stopped itself at its failpoint. */
export async function stopped(world: World, name: ServiceName): Promise<void> {
  await until(`${name} stops`, async () => ((await world.services[name].isStopped()) ? true : undefined));
}

/** What became of one job, in order. */
export async function changesOf(world: World, jobId: string): Promise<readonly JobChange[]> {
  return (await readHistory(world.database)).filter(({ job_id }) => job_id === jobId);
}

/** Attempts of a job whose worker fell silent. */
export async function lossesOf(world: World, jobId: string): Promise<number> {
  const [{ losses }] = await world.database.query<[{ losses: number }]>(
    'select losses from export_job where id = $1',
    [jobId],
  );
  return losses;
}
