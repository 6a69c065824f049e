import { AggregateName } from '../binding/bound.js';

type Template = (args: readonly string[]) => string;

const call =
  (name: string): Template =>
  ([arg = '']) =>
    `${name}(${arg})`;

const orderedBy = (keys: readonly string[]): string => keys.map((key) => `${key} asc nulls last`).join(', ');

/** Squares of values below 1e150 stay finite, but the sum of very many does not: the engine would raise. By a power of two nothing is rounded. */
const SCALE = '18446744073709551616.0';
const LARGEST = '1e150';

function stddev([value = '']: readonly string[]): string {
  const fits = `abs(${value}) <= ${LARGEST}`;
  const scaled = `case when ${fits} then ${value} / ${SCALE} end`;
  return `case when bool_and(${fits}) then stddev_samp(${scaled}) * ${SCALE} end`;
}

/**
 * One template an aggregate. None raises on a row. An argument may stand twice here: aggregates do not nest, so that the text stays
 * linear, and the engine computes it once.
 */
export const DUCKDB_AGGREGATES: Readonly<Record<AggregateName, Template>> = {
  sum: call('sum'),
  avg: call('avg'),
  min: call('min'),
  max: call('max'),
  count: call('count'),
  count_distinct: ([arg = '']) => `count(distinct ${arg})`,
  count_rows: () => 'count(*)',
  approx_count_distinct: call('approx_count_distinct'),
  quantile: ([value = '', fraction = '']) =>
    `quantile_cont(${value}, ${fraction}) filter (isfinite(${value}))`,
  stddev,
  first: ([value = '', ...keys]) => `first(${value} order by ${orderedBy(keys)})`,
  last: ([value = '', ...keys]) => `last(${value} order by ${orderedBy(keys)})`,
  first_by: ([value = '', by = '', ...keys]) =>
    `first(${value} order by ${by} asc nulls last, ${orderedBy(keys)})`,
  last_by: ([value = '', by = '', ...keys]) =>
    `first(${value} order by ${by} desc nulls last, ${orderedBy(keys)})`,
};
