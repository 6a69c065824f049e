import { buildCatalog } from '@sluice/catalog';
import { bindQuery } from '../binding/bind-query.js';
import { govern, GovernedQuery, Treatment } from '../governed-query.js';
import { readQuery } from '../syntax/read-query.js';
import { compileFieldsExport } from './compile-fields.js';
import { duckDbDialect as duckdb } from './duckdb-dialect.js';

const content = {
  name: 'trips',
  shared: true,
  key: ['line', 'day'],
  columns: {
    line: { type: 'text' },
    day: { type: 'date' },
    fare: { type: 'decimal(38,38)' },
    riders: { type: 'integer' },
    started: { type: 'timestamp' },
    driver: { type: 'integer' },
  },
};
const catalog = buildCatalog([{ file: 'trips.yaml', content }]);

function plan(body: object, driver: Treatment = 'clear'): GovernedQuery {
  const syntax = readQuery({ dataset: 'trips', ...body }, 'export');
  const { scans, ...query } = bindQuery(syntax, { catalog, visible: () => true, pointer: '', now: 0n });
  const [scan] = scans;
  const treatments = new Map(
    [...scan.dataset.columns.keys()].map((name) => [name, name === 'driver' ? driver : ('clear' as const)]),
  );
  return govern({ ...query, scans }, [{ ...scan, predicates: [], treatments }]);
}

const statementOf = (body: object, driver?: Treatment) => compileFieldsExport(plan(body, driver), 9, duckdb);

const textOf = (value: string): string =>
  `coalesce(case when length(${value}) > 9 or contains(${value}, chr(10)) or contains(${value}, chr(29)) or ` +
  `contains(${value}, chr(30)) or contains(${value}, chr(31)) then replace(replace(replace(replace(left(${value}, 9), ` +
  `chr(29), chr(65533)), chr(30), chr(65533)), chr(31), chr(65533)), chr(10), chr(30)) else ${value} end, chr(29))`;

describe('the statement of rows as fields', () => {
  it('joins what stands for NULL or for the value, a text without the signs in use', () => {
    expect(statementOf({ select: ['line', 'riders'] })).toEqual({
      sql:
        `select concat(${textOf('c0')}, chr(31), coalesce(cast(c1 as varchar), chr(29))) as line from ` +
        '(select s0.v0 as c0, s0.v3 as c1 from (select "line" as v0, "riders" as v3 from "trips"."main"."rows") s0) q',
      parameters: [],
    });
  });

  it('takes a masked number for the text that it is', () => {
    expect(statementOf({ select: ['driver'] }, 'mask').sql).toContain(`concat(${textOf('c0')}) as line`);
  });

  it('writes all digits, days, and times on the clock of the zone', () => {
    const { sql, parameters } = statementOf({
      select: ['fare', 'day', 'started'],
      timezone: 'Europe/Berlin',
    });
    expect(sql).toContain(`regexp_replace(cast(c0 as varchar), '^(-?)[.]', '\\10.')`);
    expect(sql).toContain('coalesce(cast(cast(c1 as varchar) as varchar), chr(29))');
    expect(sql).toContain(duckdb.csvValue('c2', { kind: 'timestamp' }, false, '$1'));
    expect(parameters.map(({ value }) => value)).toEqual(['Europe/Berlin']);
  });

  it('leaves rows as they are stored unless an order is asked, which is then total', () => {
    expect(statementOf({ select: ['riders'] }).sql).not.toContain('order by');
    expect(statementOf({ select: ['riders'], sort: ['day desc'] }).sql).toMatch(
      / q order by k0 desc nulls last, k1 asc nulls last$/,
    );
  });
});
