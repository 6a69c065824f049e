import { ColumnType, DOUBLE, decimalType, INTEGER, TEXT } from '@sluice/catalog';
import { refusal } from '../../refusal.js';
import { AggregateName, BoundExpression, hasAggregate } from '../bound.js';
import { convert, literal } from '../nodes.js';
import { argument, Call, FunctionFamily, FunctionSpec, NUMBERS, takes, written } from './call.js';

/** Up to this many digits, the sum of 10^10 rows still fits into the engine's 128 bits; past them the engine would raise. */
const EXACT_SUM_DIGITS = 28;

function aggregate(
  { place }: Call,
  name: AggregateName,
  args: readonly BoundExpression[],
  type: ColumnType,
): BoundExpression {
  if (args.some(hasAggregate)) {
    throw refusal('invalid-grouping', 'An aggregate cannot stand inside another one.', place);
  }
  return { kind: 'aggregate', name, args, type };
}

/** Exact for integers and for decimals that leave room to add up; wider ones are summed as doubles. */
function bindSum(call: Call): BoundExpression {
  const value = argument(call, 0, NUMBERS);
  const { type } = value;
  if (type.kind === 'integer') return aggregate(call, 'sum', [value], decimalType(38, 0));
  if (type.kind === 'decimal' && type.precision <= EXACT_SUM_DIGITS) {
    return aggregate(call, 'sum', [value], decimalType(38, type.scale));
  }
  return aggregate(call, 'sum', [convert(value, DOUBLE)], DOUBLE);
}

const ofDoubles =
  (name: 'avg' | 'stddev'): FunctionSpec['bind'] =>
  (call) =>
    aggregate(call, name, [convert(argument(call, 0, NUMBERS), DOUBLE)], DOUBLE);

const counting =
  (name: 'count' | 'count_distinct' | 'approx_count_distinct'): FunctionSpec['bind'] =>
  (call) =>
    aggregate(call, name, call.args, INTEGER);

/** The value that stands at one end. `any_value` is the smallest too, so that an answer stays the same. */
const extreme =
  (name: 'min' | 'max'): FunctionSpec['bind'] =>
  (call) =>
    aggregate(call, name, call.args, call.args[0]?.type ?? TEXT);

function quantile(call: Call, fraction: number): BoundExpression {
  const value = convert(argument(call, 0, NUMBERS), DOUBLE);
  return aggregate(call, 'quantile', [value, literal(DOUBLE, fraction)], DOUBLE);
}

function bindQuantile(call: Call): BoundExpression {
  const fraction = Number(written(call, 1, NUMBERS).value);
  if (fraction >= 0 && fraction <= 1) return quantile(call, fraction);
  const message = 'The fraction of "quantile" must be a number from 0 to 1.';
  throw refusal('invalid-expression', message, call.places[1] ?? call.place);
}

/** The rows of a group are taken in the order of the dataset's key, so those columns are arguments too. */
const atEnd =
  (name: 'first' | 'last'): FunctionSpec['bind'] =>
  (call) => {
    const keys = call.frame.scope.keyColumns(call.place);
    const ordered = call.args.length > 1 ? (`${name}_by` as const) : name;
    return aggregate(call, ordered, [...call.args, ...keys], call.args[0]?.type ?? TEXT);
  };

export const AGGREGATE_FUNCTIONS: FunctionFamily = {
  sum: takes(1, 1, bindSum),
  avg: takes(1, 1, ofDoubles('avg')),
  min: takes(1, 1, extreme('min')),
  max: takes(1, 1, extreme('max')),
  count: takes(1, 1, counting('count')),
  count_distinct: takes(1, 1, counting('count_distinct')),
  approx_count_distinct: takes(1, 1, counting('approx_count_distinct')),
  median: takes(1, 1, (call) => quantile(call, 0.5)),
  quantile: takes(2, 2, bindQuantile),
  stddev: takes(1, 1, ofDoubles('stddev')),
  any_value: takes(1, 1, extreme('min')),
  first: takes(1, 2, atEnd('first')),
  last: takes(1, 2, atEnd('last')),
};
