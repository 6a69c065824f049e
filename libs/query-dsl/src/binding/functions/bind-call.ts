import { refusal } from '../../refusal.js';
import { suggest } from '../../suggest.js';
import { BoundExpression } from '../bound.js';
import { AGGREGATE_FUNCTIONS } from './aggregate-functions.js';
import { Call, FunctionSpec } from './call.js';
import { CONDITIONAL_FUNCTIONS } from './conditional-functions.js';
import { NUMERIC_FUNCTIONS } from './numeric-functions.js';
import { TEMPORAL_FUNCTIONS } from './temporal-functions.js';
import { TEXT_FUNCTIONS } from './text-functions.js';

/** The closed list (SPEC Q3). A map, so that no inherited name can be called. */
const FUNCTIONS: ReadonlyMap<string, FunctionSpec> = new Map(
  [AGGREGATE_FUNCTIONS, CONDITIONAL_FUNCTIONS, NUMERIC_FUNCTIONS, TEMPORAL_FUNCTIONS, TEXT_FUNCTIONS].flatMap(
    (family) => Object.entries(family),
  ),
);

/** Names of all functions, sorted. */
export const FUNCTION_NAMES: readonly string[] = [...FUNCTIONS.keys()].sort();

/** Binds a call of the closed list. Throws `unknown-function`, `invalid-expression`, `type-mismatch` or `invalid-grouping`. */
export function bindCall(call: Call): BoundExpression {
  const { name, args, place } = call;
  const spec = FUNCTIONS.get(name);
  if (!spec) {
    const suggestion = suggest(name, [...FUNCTIONS.keys(), 'cast']);
    throw refusal('unknown-function', `There is no function "${name.slice(0, 64)}".`, place, suggestion);
  }
  if (args.length < spec.least || args.length > spec.most) {
    const count = spec.least === spec.most ? `${spec.least}` : `${spec.least} to ${spec.most}`;
    const wanted = spec.most === 0 ? 'no arguments' : `${count} argument${spec.most === 1 ? '' : 's'}`;
    throw refusal('invalid-expression', `"${name}" takes ${wanted}, not ${args.length}.`, place);
  }
  return spec.bind(call);
}
