import { buildCatalog } from '@sluice/catalog';
import { planHash, queryHash } from '../canonical.js';
import { bindQuery } from '../binding/bind-query.js';
import { BoundExpression } from '../binding/bound.js';
import { govern, GovernedQuery } from '../governed-query.js';
import { readQuery } from '../syntax/read-query.js';
import { compileCount } from './compile-count.js';
import { compilePage } from './compile-page.js';
import { compileSample } from './compile-sample.js';
import { duckDbDialect as duckdb } from './duckdb-dialect.js';
import { ownRows } from './own-rows.js';
import { csvHeader } from './page-text.js';

const catalog = buildCatalog([
  {
    file: 'orders.yaml',
    content: {
      name: 'orders',
      default: true,
      shared: true,
      key: ['id', 'line'],
      columns: {
        id: { type: 'integer' },
        line: { type: 'integer' },
        note: { type: 'text' },
        at: { type: 'timestamp' },
      },
      relations: { parent: { dataset: 'orders', columns: ['id', 'line'] } },
    },
  },
]);

function plan(body: object): GovernedQuery {
  const query = bindQuery(readQuery({ page: { limit: 2 }, ...body }, 'page'), {
    catalog,
    visible: () => true,
    pointer: '',
    now: 0n,
  });
  const scans = query.scans.map((scan) => ({
    ...scan,
    treatments: new Map([...scan.dataset.columns.keys()].map((name) => [name, 'clear' as const])),
    predicates: [],
  }));
  return govern(query, scans as unknown as GovernedQuery['scans']);
}

describe('a page in other forms', () => {
  it('is CSV: texts defused and quoted where they must be, rows apart by CRLF', () => {
    const { sql } = compilePage(plan({ select: ['id', 'note'] }), null, duckdb, { form: 'csv' });
    const defused = `case when left(c1, 1) in ('=', '+', '-', '@', chr(9), chr(10), chr(13), '＝', '＋', '－', '＠') then '''' || c1 else c1 end`;
    expect(sql).toContain(`string_agg(line, chr(13) || chr(10)) filter`);
    expect(sql).toContain(
      `concat(cast(c0 as varchar), ',', case when ${defused} = '' or contains(${defused}, '"') or contains(${defused}, ',') ` +
        `or contains(${defused}, chr(13)) or contains(${defused}, chr(10)) then '"' || replace(${defused}, '"', '""') || '"' else ${defused} end) as line`,
    );
  });

  it('is NDJSON: the rows of JSON apart by line feeds', () => {
    const query = plan({ select: ['id', 'note'] });
    const [json, ndjson] = [
      compilePage(query, null, duckdb),
      compilePage(query, null, duckdb, { form: 'ndjson' }),
    ];
    expect(ndjson.sql).toBe(json.sql.replace("string_agg(line, ','", 'string_agg(line, chr(10)'));
    expect(ndjson.parameters).toEqual(json.parameters);
  });

  it('has a header whose names are quoted and defused like texts', () => {
    expect(csvHeader(['a', 'b,c', '=d', 'e"f', ''])).toBe(`a,"b,c",'=d,"e""f",""`);
  });
});

describe('a sample', () => {
  const filter = { column: 'parent.note', op: 'eq', value: 'x' };

  it('is taken by the whole key, before filter and relations', () => {
    const { sql, parameters } = compileSample(plan({ filter }), 8, duckdb);
    expect(sql).toBe(
      'select count(*), count(*) filter (where kept) from (select (s1.v2 = $1) as kept, s0.v0 as k0, s0.v1 as k1 from ' +
        '(select "id" as v0, "line" as v1, "id" as j0, "line" as j1 from "orders"."main"."rows") s0 left join ' +
        '(select "note" as v2, "id" as j0, "line" as j1 from "orders"."main"."rows") s1 on s0.j0 = s1.j0 and s0.j1 = s1.j1) q ' +
        'where hash(k0, k1) % 8 = 0',
    );
    expect(parameters).toMatchObject([{ value: 'x' }]);
  });

  it('cannot be taken of groups, nor without a filter', () => {
    expect(() => compileSample(plan({}), 8, duckdb)).toThrow('Only the rows that a filter keeps');
    expect(() => compileSample(plan({ filter, distinct: true }), 8, duckdb)).toThrow('Only the rows');
  });

  it('is scaled by the rows of the dataset, whatever is asked of them', () => {
    const query = plan({ filter, select: ['count(*) as n'], having: { column: 'n', op: 'gt', value: 1 } });
    expect(compileCount(ownRows(query), duckdb)).toEqual({
      sql: 'select count(*) from (select 1 as one from (select 1 as one from "orders"."main"."rows") s0) q',
      parameters: [],
    });
  });
});

describe('a value that came from the clock', () => {
  /** The query with the filter's value marked as the clock's. */
  const at = (value: string): GovernedQuery => {
    const query = plan({ filter: { column: 'at', op: 'gt', value } });
    const filter = query.filter as BoundExpression & { readonly kind: 'operation' };
    const [column, literal] = filter.args as readonly [BoundExpression, BoundExpression];
    return {
      ...query,
      filter: { ...filter, args: [column, Object.assign({}, literal, { clock: 'now()' })] },
    };
  };

  it('does not change what is asked, but what is computed', () => {
    const [one, other] = [at('2024-03-01'), at('2024-03-02')];
    expect(queryHash(one)).toBe(queryHash(other));
    expect(planHash(one)).not.toBe(planHash(other));
    expect(queryHash(one)).not.toBe(
      queryHash(plan({ filter: { column: 'at', op: 'gt', value: '2024-03-01' } })),
    );
  });
});
