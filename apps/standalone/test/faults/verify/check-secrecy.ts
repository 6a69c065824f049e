import { World } from '../world.js';
import { Violation, violation } from './violation.js';

/** I9 beside the files: no row value of anybody stands in the trail, in a job's row or in a log. */
export async function checkSecrecy(world: World): Promise<readonly Violation[]> {
  const rows = await world.database.query<{ place: string }[]>(
    `select 'the trail' as place from audit_record a where a::text like '%canary-%'
      union all select 'job ' || id from export_job j where j::text like '%canary-%'`,
  );
  const logs = Object.values(world.services).filter(({ output }) => output.includes('canary-'));
  return [
    ...rows.map(({ place }) => violation('I9', `${place} holds values of rows`)),
    ...logs.map(({ name }) => violation('I9', `the log of ${name} holds values of rows`)),
  ];
}
