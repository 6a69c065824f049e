import { BOOLEAN, ColumnType, DOUBLE, INTEGER, TEXT, TIMESTAMP } from '@sluice/catalog';
import { AggregateName, OperationName } from '../binding/bound.js';
import { duckDbDialect as duckdb } from './duckdb-dialect.js';

/** Golden texts: what the engine makes of them is shown on a real one, by the integration tests of the examples. */
describe('an operation of DuckDB', () => {
  it.each<readonly [OperationName, readonly string[], ColumnType, string]>([
    ['ilike', ['a', 'b'], BOOLEAN, "(a ilike b escape '\\')"],
    ['starts_with', ['a', 'b'], BOOLEAN, 'starts_with(a, b)'],
    ['ends_with', ['a', 'b'], BOOLEAN, 'ends_with(a, b)'],
    ['between', ['a', 'b', 'c'], BOOLEAN, '(a between b and c)'],
    ['round', ['a'], DOUBLE, 'try(round(a))'],
    ['round', ['a', 'b'], DOUBLE, 'try(round(a, try_cast(b as integer)))'],
    ['sqrt', ['a'], DOUBLE, 'try(sqrt(a))'],
    ['ln', ['a'], DOUBLE, 'try(ln(a))'],
    ['exp', ['a'], DOUBLE, 'try(exp(a))'],
    [
      'power',
      ['a', 'b'],
      DOUBLE,
      'case when isnan(try(power(a, b))) and not (isnan(a) or isnan(b)) then null else try(power(a, b)) end',
    ],
    ['sign', ['a'], INTEGER, 'cast(sign(a) as bigint)'],
    ['replace', ['a', 'b', 'c'], TEXT, 'replace(a, b, c)'],
    ['substring', ['a', 'b'], TEXT, 'try(substring(a, case when b < -length(a) then -length(a) else b end))'],
    [
      'substring',
      ['a', 'b', 'c'],
      TEXT,
      'try(substring(a, case when b < -length(a) then -length(a) else b end, case when c < 0 then 0 else c end))',
    ],
    ['date_trunc', ['a', 'b'], TIMESTAMP, 'try(date_trunc(a, b))'],
    ['date_part', ['a', 'b'], INTEGER, 'try(date_part(a, b))'],
    ['date_diff', ['a', 'b', 'c'], INTEGER, 'try(date_diff(a, b, c))'],
    ['instant-to-local', ['a', 'b'], TIMESTAMP, "try(timezone(b, timezone('UTC', a)))"],
    [
      'weeks-between',
      ['a', 'b'],
      INTEGER,
      "try(date_diff('day', try(date_trunc('week', a)), try(date_trunc('week', b)))) // 7",
    ],
    ['add-months', ['a', 'b', 'c'], TIMESTAMP, 'try(a + try(to_months(try_cast(try(b * c) as integer))))'],
    ['add-days', ['a', 'b', 'c'], TIMESTAMP, 'try(a + try(to_days(try_cast(try(b * c) as integer))))'],
    ['add-seconds', ['a', 'b', 'c'], TIMESTAMP, 'try(a + try(to_seconds(try_cast(try(b * c) as bigint))))'],
  ])('%s of %j', (name, args, type, sql) => {
    expect(
      duckdb.operation(
        name,
        args,
        type,
        args.map(() => INTEGER),
      ),
    ).toBe(sql);
  });

  it('has no sign for what is no number', () => {
    const ofDouble = "cast(sign(nullif(a, cast('nan' as double))) as bigint)";
    expect(duckdb.operation('sign', ['a'], INTEGER, [DOUBLE])).toBe(ofDouble);
  });
});

describe('an aggregate of DuckDB', () => {
  const small = 'abs(v) <= 1e150';
  const scale = '18446744073709551616.0';
  it.each<readonly [AggregateName, readonly string[], string]>([
    ['sum', ['v'], 'sum(v)'],
    ['avg', ['v'], 'avg(v)'],
    ['min', ['v'], 'min(v)'],
    ['max', ['v'], 'max(v)'],
    ['count', ['v'], 'count(v)'],
    ['count_distinct', ['v'], 'count(distinct v)'],
    ['count_rows', [], 'count(*)'],
    ['approx_count_distinct', ['v'], 'approx_count_distinct(v)'],
    ['quantile', ['v', '$1'], 'quantile_cont(v, $1) filter (isfinite(v))'],
    [
      'stddev',
      ['v'],
      `case when bool_and(${small}) then stddev_samp(case when ${small} then v / ${scale} end) * ${scale} end`,
    ],
    ['first', ['v', 'k', 'l'], 'first(v order by k asc nulls last, l asc nulls last)'],
    ['last', ['v', 'k', 'l'], 'last(v order by k asc nulls last, l asc nulls last)'],
    ['first_by', ['v', 'w', 'k'], 'first(v order by w asc nulls last, k asc nulls last)'],
    ['last_by', ['v', 'w', 'k'], 'first(v order by w desc nulls last, k asc nulls last)'],
  ])('%s of %j', (name, args, sql) => {
    expect(duckdb.aggregate(name, args, DOUBLE)).toBe(`cast(${sql} as double)`);
  });
});
