import { SteadyLoad } from '../load/steady-load.js';
import { until } from '../until.js';
import { World } from '../world.js';

/** Spools are emptied again within ten seconds of the broker's return; the rest is for a loaded machine. */
const ARRIVAL_MS = 90_000;

/** Ids of the requests that were answered and of which the trail says nothing, once it has had its time. */
export async function lostRecords(world: World, load: SteadyLoad): Promise<readonly string[]> {
  const answered = answeredIds(load);
  let missing: readonly string[] = answered;
  const look = async (): Promise<true | undefined> => {
    const rows = await world.database.query<{ id: string }[]>(
      'select request_id as id from audit_record where request_id = any($1)',
      [missing],
    );
    const found = new Set(rows.map(({ id }) => id));
    missing = missing.filter((id) => !found.has(id));
    return missing.length === 0 ? true : undefined;
  };
  await until('every record arrives', look, ARRIVAL_MS, 250).catch(() => undefined);
  return missing;
}

/** Of everything that the services answered; what the store sends is recorded with its link. */
export function answeredIds({ exchanges }: SteadyLoad): readonly string[] {
  return exchanges.flatMap(({ kind, outcome, requestId }) =>
    outcome.kind === 'right' && kind !== 'file' && requestId !== null ? [requestId] : [],
  );
}
