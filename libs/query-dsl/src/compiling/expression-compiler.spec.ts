import { buildCatalog } from '@sluice/catalog';
import { bindQuery } from '../binding/bind-query.js';
import { govern, GovernedQuery } from '../governed-query.js';
import { readQuery } from '../syntax/read-query.js';
import { compileCore } from './compile-core.js';
import { duckDbDialect } from './duckdb-dialect.js';
import { mapped } from './duckdb-once.js';
import { instantOf } from './duckdb-times.js';
import { Parameters } from './expression-compiler.js';

const columns = {
  id: { type: 'integer' },
  at: { type: 'timestamp' },
  day: { type: 'date' },
  fare: { type: 'decimal(8,2)' },
  ratio: { type: 'double' },
  late: { type: 'boolean' },
  name: { type: 'text' },
};
const content = { name: 'flights', shared: true, key: ['id'], columns };
const catalog = buildCatalog([{ file: 'flights.yaml', content }]);

const names = Object.keys(columns);

/** The SQL of a query's items and filter, over the names of the columns, and the values bound beside it. */
function compiled(body: object): readonly [string, ...unknown[]] {
  const syntax = readQuery({ dataset: 'flights', ...body }, 'export');
  const { scans, ...query } = bindQuery(syntax, { catalog, visible: () => true, pointer: '', now: 0n });
  const [scan] = scans;
  const treatments = new Map(names.map((name) => [name, 'clear'] as const));
  const governed: GovernedQuery = govern({ ...query, scans }, [{ ...scan, predicates: [], treatments }]);
  const parameters = new Parameters();
  const items = governed.items.map(({ expression }, index) => ({ name: `c${index}`, expression }));
  const sql = compileCore(governed, items, duckDbDialect, parameters);
  const readable = sql.replace(/s0\.v(\d)/g, (_, index: string) => names[Number(index)] ?? '');
  return [readable, ...parameters.list.map(({ value }) => value)];
}

/** The SQL of one expression and what is bound in it. */
function written(expression: string, timezone: string): readonly unknown[] {
  const [sql, ...values] = compiled({ select: [{ expr: expression, as: 'x' }], timezone });
  return [/^select (.*) as c0 from \(select .*\) s0$/s.exec(sql)?.[1], ...values];
}

describe('an expression as SQL', () => {
  it.each<[string, ...unknown[]]>([
    ['id = 1', '(id = $1)', 1n],
    ['id <> 1', '(id <> $1)', 1n],
    ['id < 1', '(id < $1)', 1n],
    ['id <= 1', '(id <= $1)', 1n],
    ['id > 1', '(id > $1)', 1n],
    ['id >= 1', '(id >= $1)', 1n],
    ['1 < id', '(id > $1)', 1n],
    ['1 <= id', '(id >= $1)', 1n],
    ['1 > id', '(id < $1)', 1n],
    ['1 >= id', '(id <= $1)', 1n],
    ['1 = id', '(id = $1)', 1n],
    ['1 <> id', '(id <> $1)', 1n],
    ['id <= fare', '(try_cast(id as decimal(21,2)) <= try_cast(fare as decimal(21,2)))'],
    ['id = ratio', '(try_cast(id as double) = ratio)'],
    ['fare < 9.999', '(fare <= $1)', '9.99'],
    ['fare <= 9.999', '(fare <= $1)', '9.99'],
    ['fare > 9.999', '(fare > $1)', '9.99'],
    ['fare >= 9.999', '(fare > $1)', '9.99'],
    ['fare = 9.999', '(fare is null and cast(null as boolean))'],
    ['fare <> 9.999', '(fare is not null or cast(null as boolean))'],
    ["fare = '9.5'", '(fare = $1)', '9.50'],
    ['fare < -9.999', '(fare <= $1)', '-10.00'],
    ['id > 1e300', '(id is null and cast(null as boolean))'],
    ['ratio < 0.1', '(ratio < $1)', 0.1],
    ['late = true', '(late = $1)', true],
    ["day >= '2024-03-01'", '(day >= $1)', '2024-03-01'],
    ["at >= '2024-03-01T10:00Z'", '(at >= $1)', '2024-03-01T10:00:00.000000'],
    ["at >= '2024-03-01T10:00'", '(at >= $1)', '2024-03-01T10:00:00.000000'],
    ['at = day', '(at = try_cast(day as timestamp))'],
    ['day = at', '(try_cast(day as timestamp) = at)'],
    [
      "at in ('2024-03-01', '2024-03-02')",
      '(at = any($1))',
      ['2024-03-01T00:00:00.000000', '2024-03-02T00:00:00.000000'],
    ],
    ['late and id = 1', '(late and (id = $1))', 1n],
    ['late or not late', '(late or (not late))'],
    ['name is null', '(name is null)'],
    ['name is not null', '(not (name is null))'],
    ["name like 'a\\_%'", "(name like $1 escape '\\')", 'a\\_%'],
    ["name not like 'a%'", "(not (name like $1 escape '\\'))", 'a%'],
    ["name in ('a', 'b')", '(name = any($1))', ['a', 'b']],
    ["name not in ('a', 'b')", '(not (name = any($1)))', ['a', 'b']],
    ['id in (1, 2.5, 3)', '(id = any($1))', [1n, 3n]],
    ['id in (2.5)', '(id is null and cast(null as boolean))'],
    ["fare in (1, '2.5')", '(fare = any($1))', ['1.00', '2.50']],
    ['fare between 1 and 2', '(fare between $1 and $2)', '1.00', '2.00'],
    ['fare not between 1 and 2', '(not (fare between $1 and $2))', '1.00', '2.00'],
    [
      "case when late then name when id = 1 then 'x' else null end",
      'case when late then name when (id = $1) then $2 else cast(null as varchar) end',
      1n,
      'x',
    ],
    [
      'case when late then id else fare end',
      'case when late then try_cast(id as decimal(21,2)) else try_cast(fare as decimal(21,2)) end',
    ],
    ["case when late then day else '2024-03-01' end", 'case when late then day else $1 end', '2024-03-01'],
    ['case when late then null end', 'case when late then cast(null as varchar) end'],
    ['id + 1', 'try(cast(id + $1 as bigint))', 1n],
    ['id - 1', 'try(cast(id - $1 as bigint))', 1n],
    ['fare * 2', 'try(cast(fare * $1 as decimal(27,2)))', 2n],
    ['fare * ratio', 'try(cast(try_cast(fare as double) * ratio as double))'],
    ['id / 2', 'try(try_cast(id as double) / nullif(try_cast($1 as double), 0))', 2n],
    ['id % 7', 'try(id % nullif($1, 0))', 7n],
    ['fare % 7', 'try(try_cast(fare as decimal(21,2)) % nullif(try_cast($1 as decimal(21,2)), 0))', 7n],
    ['ratio % 7', 'try(ratio % nullif(try_cast($1 as double), 0))', 7n],
    ['-fare', 'try(-(fare))'],
    ['-1', '$1', -1n],
    ['-id', 'try(-(id))'],
    ['1.50', '$1', '1.50'],
    ['12345678901234567890', '$1', '12345678901234567890'],
    ['1e3', '$1', 1000],
    ['null', 'cast(null as varchar)'],
    ['true', '$1', true],
    ["'it''s'", '$1', "it's"],
    ['abs(fare)', 'try(abs(fare))'],
    ['round(id)', 'id'],
    ['round(id, -1)', 'try(round(try_cast(id as double), try_cast($1 as integer)))', -1n],
    ['round(fare)', 'try(round(try_cast(fare as double)))'],
    ['round(fare, 1)', 'try(round(try_cast(fare as double), try_cast($1 as integer)))', 1n],
    ['floor(ratio)', 'try(floor(ratio))'],
    ['ceil(ratio)', 'try(ceil(ratio))'],
    ['floor(id)', 'id'],
    ['lower(name)', 'lower(name)'],
    ['upper(name)', 'upper(name)'],
    ['trim(name)', 'trim(name)'],
    ['length(name)', 'length(name)'],
    ["concat(name, '-', name)", 'concat(name, $1, name)', '-'],
    [
      'substring(name, 2)',
      'try(substring(name, case when $1 < -length(name) then -length(name) else $1 end))',
      2n,
    ],
    [
      'substring(name, 2, 3)',
      'try(substring(name, case when $1 < -length(name) then -length(name) else $1 end, case when $2 < 0 then 0 else $2 end))',
      2n,
      3n,
    ],
    ["starts_with(name, 'a')", 'starts_with(name, $1)', 'a'],
    ["contains(name, 'a')", 'contains(name, $1)', 'a'],
    ['coalesce(fare, 0)', 'coalesce(try_cast(fare as decimal(21,2)), try_cast($1 as decimal(21,2)))', 0n],
    ['coalesce(name, null)', 'coalesce(name, cast(null as varchar))'],
    ['nullif(id, 0)', 'nullif(id, $1)', 0n],
    ['greatest(id, fare)', 'greatest(try_cast(id as decimal(21,2)), try_cast(fare as decimal(21,2)))'],
    ["least(day, '2024-03-01')", 'least(day, $1)', '2024-03-01'],
    ["least(at, '2024-03-01')", 'least(at, $1)', '2024-03-01T00:00:00.000000'],
    ['coalesce(null, null)', 'coalesce(cast(null as varchar), cast(null as varchar))'],
    ["date_trunc('month', at)", 'try(date_trunc($1, at))', 'month'],
    [
      "date_trunc('month', day)",
      'try_cast(try(date_trunc($1, try_cast(day as timestamp))) as date)',
      'month',
    ],
    ["date_part('hour', at)", 'try(date_part($1, at))', 'hour'],
    ["date_part('year', day)", 'try(date_part($1, try_cast(day as timestamp)))', 'year'],
    ['abs(id) in (1, 2)', '(try(abs(id)) = any($1))', [1n, 2n]],
    ['(id in (1, 2)) = late', '(list_contains($1, id) = late)', [1n, 2n]],
    ['not id in (1, 2)', '(not (id = any($1)))', [1n, 2n]],
    ['length(name) + 1 > 3', '(try(cast(length(name) + $1 as bigint)) > $2)', 1n, 3n],
  ])('%s', (expression: string, ...sqlAndValues: unknown[]) => {
    expect(written(expression, 'UTC')).toEqual(sqlAndValues);
  });

  it.each<[string, ...unknown[]]>([
    [
      "date_trunc('month', at)",
      instantOf("try(date_trunc($1, try(timezone($2, timezone('UTC', at)))))", '$3'),
      'month',
      'Europe/Berlin',
      'Europe/Berlin',
    ],
    [
      "date_trunc('month', day)",
      'try_cast(try(date_trunc($1, try_cast(day as timestamp))) as date)',
      'month',
    ],
    [
      "date_part('hour', at)",
      "try(date_part($1, try(timezone($2, timezone('UTC', at)))))",
      'hour',
      'Europe/Berlin',
    ],
    [
      "at >= '2024-03-01T10:00'",
      `(at >= ${instantOf('$1', '$2')})`,
      '2024-03-01T10:00:00.000000',
      'Europe/Berlin',
    ],
    ["at >= '2024-03-01T10:00Z'", '(at >= $1)', '2024-03-01T10:00:00.000000'],
    [
      "at in ('2024-03-01', '2024-03-02')",
      `(at = any(${mapped('$1', (time) => instantOf(time, '$2'))}))`,
      ['2024-03-01T00:00:00.000000', '2024-03-02T00:00:00.000000'],
      'Europe/Berlin',
    ],
  ])('in the zone of the query: %s', (expression: string, ...sqlAndValues: unknown[]) => {
    expect(written(expression, 'Europe/Berlin')).toEqual(sqlAndValues);
  });

  it.each([
    ['sum(id)', 'cast(sum(id) as decimal(38,0))'],
    ['sum(fare)', 'cast(sum(fare) as decimal(38,2))'],
    ['sum(ratio)', 'cast(sum(ratio) as double)'],
    ['avg(id)', 'cast(avg(try_cast(id as double)) as double)'],
    ['min(day)', 'cast(min(day) as date)'],
    ['max(name)', 'cast(max(name) as varchar)'],
    ['count(name)', 'cast(count(name) as bigint)'],
    ['count_distinct(name)', 'cast(count(distinct name) as bigint)'],
    ['count(*)', 'cast(count(*) as bigint)'],
  ])('%s is computed in a group', (expression, sql) => {
    const [statement] = compiled({ select: [{ expr: expression, as: 'x' }] });
    expect(statement).toMatch(/^select g\.g0 as c0 from \(select /);
    expect(statement).toContain(`(select ${sql} as g0 from (select `);
  });
});

describe('a grouped query as SQL', () => {
  it('computes each key and aggregate once, filters rows inside and groups outside', () => {
    const select = ['name', 'upper(name) as u', 'name as again', 'sum(id) as s', 'sum(id) + 1 as t'];
    const filter = { column: 'id', op: 'gt', value: 1 };
    const having = { column: 's', op: 'gt', value: 3 };
    expect(compiled({ select, filter, having })).toEqual([
      'select g.g0 as c0, g.g1 as c1, g.g0 as c2, g.g2 as c3, ' +
        'try(cast(try_cast(g.g2 as double) + try_cast($2 as double) as double)) as c4 from (' +
        'select name as g0, upper(name) as g1, cast(sum(id) as decimal(38,0)) as g2 from (' +
        'select "name" as v6, "id" as v0 from "flights"."main"."rows") s0 where (id > $1) group by 1, 2' +
        ') g where (g.g2 > $3)',
      1n,
      1n,
      '3',
    ]);
  });

  it('removes duplicates by grouping', () => {
    expect(compiled({ select: ['name', 'late'], distinct: true })).toEqual([
      'select g.g0 as c0, g.g1 as c1 from (select name as g0, late as g1 from (' +
        'select "name" as v6, "late" as v5 from "flights"."main"."rows") s0 group by 1, 2) g',
    ]);
  });
});
