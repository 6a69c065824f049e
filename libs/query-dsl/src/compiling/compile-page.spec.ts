import { buildCatalog } from '@sluice/catalog';
import { bindQuery } from '../binding/bind-query.js';
import { govern, GovernedQuery, Treatment } from '../governed-query.js';
import { outputColumns } from '../output-columns.js';
import { readQuery } from '../syntax/read-query.js';
import { compilePage } from './compile-page.js';
import { duckDbDialect as duckdb } from './duckdb-dialect.js';
import { totalOrder } from './total-order.js';

const content = {
  name: 'trips',
  shared: true,
  key: ['line', 'day'],
  columns: {
    line: { type: 'text' },
    day: { type: 'date' },
    riders: { type: 'integer' },
    started: { type: 'timestamp' },
    driver: { type: 'integer' },
  },
};
const catalog = buildCatalog([{ file: 'trips.yaml', content }]);

function plan(body: object, driver: Treatment = 'clear'): GovernedQuery {
  const syntax = readQuery({ dataset: 'trips', ...body }, 'page' in body ? 'page' : 'export');
  const { scans, ...query } = bindQuery(syntax, { catalog, visible: () => true, pointer: '', now: 0n });
  const [scan] = scans;
  const treatments = new Map(
    [...scan.dataset.columns.keys()].map((name) => [name, name === 'driver' ? driver : ('clear' as const)]),
  );
  return govern({ ...query, scans }, [{ ...scan, predicates: [], treatments }]);
}

const page = { limit: 5 };
const orderOf = (body: object): readonly string[] =>
  totalOrder(plan(body)).map(({ expression, direction }) =>
    [expression.kind === 'column' ? expression.name : expression.kind, direction].join(' '),
  );

describe('the order of a query', () => {
  it('is made total by the key, rising, and repeats nothing', () => {
    expect(orderOf({})).toEqual(['line asc', 'day asc']);
    expect(orderOf({ sort: ['day desc', 'riders', 'day'] })).toEqual(['day desc', 'riders asc', 'line asc']);
  });

  it('is made total by the groups where rows are grouped', () => {
    const select = ['day', 'sum(riders) as n', 'line'];
    expect(orderOf({ select })).toEqual(['day asc', 'line asc']);
    expect(orderOf({ select, sort: ['n desc', 'line desc'] })).toEqual([
      'aggregate desc',
      'line desc',
      'day asc',
    ]);
    expect(orderOf({ select: ['count(*) as n'] })).toEqual([]);
  });
});

describe('the statement of a page', () => {
  const sqlOf = (body: object, position: readonly (string | null)[] | null = null) =>
    compilePage(plan({ select: ['riders'], page, ...body }), position, duckdb);

  it('begins at the offset where one is given', () => {
    const { sql, parameters } = sqlOf({ page: { limit: 5, offset: 7 } });
    expect(sql).toContain(') q order by k0 asc nulls last, k1 asc nulls last limit $1 + 1 offset $2) p');
    expect(parameters.slice(0, 2).map(({ value }) => value)).toEqual([5n, 7n]);
    expect(sqlOf({}).sql).not.toContain('offset');
  });

  /** A later row comes after in the first key, or is equal there and comes after in the next. NULLs come last. */
  it.each([
    [
      ['A', '2024-03-01'],
      '((k0 > cast($1 as varchar) or k0 is null)) or (k0 = cast($1 as varchar) and (k1 < cast($2 as date) or k1 is null))',
    ],
    [[null, '2024-03-01'], '(k0 is null and (k1 < cast($1 as date) or k1 is null))'],
    [['A', null], '((k0 > cast($1 as varchar) or k0 is null))'],
    [[null, null], 'false'],
    [[], 'false'],
  ])('goes on after %j', (position, condition) => {
    const { sql } = sqlOf({ sort: ['line', 'day desc'] }, position);
    expect(sql).toContain(`) q where ${condition} order by k0 asc nulls last, k1 desc nulls last limit `);
  });

  it('writes rows as arrays, and numbers as texts, where asked', () => {
    const { sql, parameters } = sqlOf({ select: ['riders', 'line'], rows: 'array', numbers: 'string' });
    expect(sql).toContain(
      `concat('[', coalesce('"' || cast(c0 as varchar) || '"', 'null'), ',', ` +
        `coalesce(cast(to_json(c1) as varchar), 'null'), ']') as line`,
    );
    expect(parameters).toHaveLength(1);
  });

  it('writes a masked column as the text that it has become', () => {
    const numbers = compilePage(plan({ select: ['driver'], page }, 'clear'), null, duckdb).sql;
    expect(numbers).toContain("coalesce(cast(c0 as varchar), 'null')");
    const masked = compilePage(plan({ select: ['driver'], page }, 'mask'), null, duckdb).sql;
    expect(masked).toContain("coalesce(cast(to_json(c0) as varchar), 'null')");
  });

  it('finds rows, numbers them in order, and gives the position of the last one, key by key', () => {
    const by = 'order by k0 asc nulls last, k1 asc nulls last';
    expect(sqlOf({}).sql).toBe(
      `select encode(string_agg(line, ',') filter (where n <= $1)), count(*), ` +
        'max(k0) filter (where n = $1), max(k1) filter (where n = $1) from (' +
        `select row_number() over () as n, concat($2, coalesce(cast(c0 as varchar), 'null'), '}') as line, ` +
        'cast(k0 as varchar) as k0, cast(k1 as varchar) as k1 from (select * from (' +
        'select s0.v2 as c0, s0.v0 as k0, s0.v1 as k1 from (' +
        'select "riders" as v2, "line" as v0, "day" as v1 from "trips"."main"."rows") s0' +
        `) q ${by} limit $1 + 1) p) r`,
    );
  });

  it('binds the zone of the query where any time is written, unless it is UTC', () => {
    const zoned = (select: readonly string[], timezone: string) =>
      sqlOf({ select, timezone }).parameters.map(({ value }) => value);
    expect(zoned(['riders', 'started'], 'Asia/Tokyo')).toContain('Asia/Tokyo');
    expect(zoned(['riders', 'day'], 'Asia/Tokyo')).not.toContain('Asia/Tokyo');
    expect(zoned(['started'], 'UTC')).not.toContain('UTC');
  });

  it('is not made of a query without pages', () => {
    expect(() => compilePage(plan({}), null, duckdb)).toThrow('without a page');
  });
});

describe('the columns of an answer', () => {
  it('are typed as the caller gets them', () => {
    const select = ['driver', 'riders as n', 'riders / 2 as half'];
    expect(outputColumns(plan({ select }, 'null'), duckdb)).toEqual([
      { name: 'driver', type: 'text', masked: true },
      { name: 'n', type: 'integer', masked: false },
      { name: 'half', type: 'double', masked: false },
    ]);
    expect(outputColumns(plan({ select: ['driver'] }), duckdb)).toEqual([
      { name: 'driver', type: 'integer', masked: false },
    ]);
  });
});
