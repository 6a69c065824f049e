import { buildCatalog } from '@sluice/catalog';
import { bindQuery } from '../binding/bind-query.js';
import { govern, GovernedQuery, Treatment } from '../governed-query.js';
import { readQuery } from '../syntax/read-query.js';
import { compileCsvExport, compileJsonExport, compileTypedExport, isOrdered } from './compile-export.js';
import { compilePage } from './compile-page.js';
import { duckDbDialect as duckdb } from './duckdb-dialect.js';

const content = {
  name: 'trips',
  shared: true,
  key: ['line', 'day'],
  columns: {
    line: { type: 'text' },
    day: { type: 'date' },
    riders: { type: 'integer' },
    started: { type: 'timestamp' },
  },
};
const catalog = buildCatalog([{ file: 'trips.yaml', content }]);

function plan(body: object, riders: Treatment = 'clear'): GovernedQuery {
  const syntax = readQuery({ dataset: 'trips', ...body }, 'page' in body ? 'page' : 'export');
  const { scans, ...query } = bindQuery(syntax, { catalog, visible: () => true, pointer: '', now: 0n });
  const [scan] = scans;
  const treatments = new Map(
    [...scan.dataset.columns.keys()].map((name) => [name, name === 'riders' ? riders : ('clear' as const)]),
  );
  return govern({ ...query, scans }, [{ ...scan, predicates: [], treatments }]);
}

const FROM = 'from (select s0.v2 as c0 from (select "riders" as v2 from "trips"."main"."rows") s0) q';

describe('an export', () => {
  const sqlOf = (body: object, rawText = false) => compileCsvExport(plan(body), { rawText }, duckdb).sql;

  it('has no order unless one is asked, which is then total, whatever the columns are called', () => {
    expect(sqlOf({ select: ['riders'] })).toBe(`select c0 as "riders" ${FROM}`);
    expect(isOrdered(plan({ select: ['riders'] }))).toBe(false);
    const sorted = { select: ['riders as k0'], sort: ['day desc'] };
    expect(sqlOf(sorted)).toMatch(
      /^select c0 as "k0" from \(select s0\.v2 as c0, s0\.v1 as k0, s0\.v0 as k1 from .*\) q order by q\.k0 desc nulls last, q\.k1 asc nulls last$/,
    );
    expect(isOrdered(plan(sorted))).toBe(true);
  });

  it.each(['=', '+', '-', '@', '＝', '＋', '－', '＠'])(
    'keeps a CSV header from beginning with %s',
    (start) => {
      const select = [{ expr: 'riders', as: `${start}x${start}` }];
      expect(sqlOf({ select })).toContain(`c0 as "'${start}x${start}"`);
      expect(sqlOf({ select }, true)).toContain(`c0 as "${start}x${start}"`);
      expect(sqlOf({ select: [{ expr: 'riders', as: `x${start}` }] })).toContain(`c0 as "x${start}"`);
    },
  );
});

describe('a JSON export', () => {
  it('is a line for each row, with what is to stand after it', () => {
    const { sql, parameters } = compileJsonExport(plan({ select: ['riders'] }), ',', duckdb);
    expect(sql).toBe(`select concat($1, coalesce(cast(c0 as varchar), 'null'), '},') as line ${FROM}`);
    expect(parameters.map(({ value }) => value)).toEqual(['{"riders":']);
  });

  it('has the row that a page has, with its zone, its numbers and its kind of rows', () => {
    const body = {
      select: ['riders', 'line', 'started'],
      numbers: 'string',
      rows: 'array',
      timezone: 'Asia/Tokyo',
    };
    const { sql } = compileJsonExport(plan(body), '', duckdb);
    const row = /^select (.*) as line from/.exec(sql)?.[1] ?? '';
    expect(row).toContain(`concat('[', coalesce('"' || cast(c0 as varchar) || '"', 'null'), ','`);
    const page = compilePage(plan({ ...body, page: { limit: 5 } }), null, duckdb).sql;
    expect(page.replaceAll(/\$\d+/g, '$')).toContain(row.replaceAll(/\$\d+/g, '$'));
  });
});

describe('a typed export', () => {
  it('leaves values as they are, but says of a time that it is an instant', () => {
    const { sql } = compileTypedExport(plan({ select: ['riders', 'day', 'started'] }), duckdb);
    expect(sql).toMatch(
      /^select c0 as "riders", c1 as "day", case when isfinite\(c2\) then timezone\('UTC', c2\) end as "started" from/,
    );
  });

  it('holds what a masked column has become', () => {
    const { sql } = compileTypedExport(plan({ select: ['riders'] }, 'mask'), duckdb);
    expect(sql).toContain(`'***' as v2`);
  });
});
