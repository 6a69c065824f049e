import { Catalog, Dataset } from '@sluice/catalog';
import { refusal } from '../refusal.js';
import { FilterSyntax } from '../syntax/query-syntax.js';
import { ExpressionBinder } from './bind-expression.js';
import { bindFilter } from './bind-filter.js';
import { BoundExpression, hasAggregate } from './bound.js';
import { clockAt } from './clock.js';
import { Scope } from './scope.js';

/**
 * Binds a condition on the rows of one dataset, which sees all of its columns as they are. Times without a zone are UTC. Throws a
 * `SluiceError` with the pointer of what is wrong: also for an aggregate or a relation, since it stands where there is neither.
 *
 * @param now microseconds since 1970
 */
export function bindPredicate(
  filter: FilterSyntax,
  dataset: Dataset,
  catalog: Catalog,
  now: bigint,
): BoundExpression {
  const scope = new Scope(catalog, dataset, () => true);
  const place = { pointer: pointerOf(filter) };
  const bound = bindFilter(
    filter,
    new ExpressionBinder({ scope, timezone: 'UTC', clock: clockAt(now, 'UTC') }),
  );
  if (scope.scans.length > 1) {
    throw refusal('invalid-request', 'A condition on rows cannot follow a relation.', place);
  }
  if (hasAggregate(bound)) {
    throw refusal('invalid-grouping', 'A condition on rows cannot hold an aggregate.', place);
  }
  return bound;
}

function pointerOf(filter: FilterSyntax): string {
  if (filter.kind === 'condition') return filter.place.pointer;
  return pointerOf(filter.kind === 'not' ? filter.node : (filter.nodes[0] as FilterSyntax));
}
