import { SluiceError } from '@sluice/contracts';
import { EngineSnapshot } from '@sluice/engine';
import { GovernedQuery } from '@sluice/query-dsl';

/** A dataset may be described before its data is there. Throws `unavailable` naming it. */
export function requireData(query: GovernedQuery, snapshot: EngineSnapshot): void {
  const empty = query.scans.find(({ dataset }) => snapshot.rowCount(dataset.name) === 0);
  if (!empty) return;
  throw new SluiceError('unavailable', `The dataset "${empty.dataset.name}" holds no data yet.`, {
    retryAfter: 60,
  });
}
