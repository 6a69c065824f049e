import { buildCatalog } from '@sluice/catalog';
import { bindQuery } from '../binding/bind-query.js';
import { BoundExpression } from '../binding/bound.js';
import { literal, operation } from '../binding/nodes.js';
import { govern, GovernedQuery, GovernedScan } from '../governed-query.js';
import { readQuery } from '../syntax/read-query.js';
import { compileCount } from './compile-count.js';
import { compileCsvExport } from './compile-export.js';
import { duckDbDialect as duckdb } from './duckdb-dialect.js';

const shop = { type: 'text' };
const catalog = buildCatalog([
  {
    file: 'sales.yaml',
    content: {
      name: 'sales',
      shared: true,
      key: ['id'],
      columns: { id: { type: 'integer' }, shop, day: { type: 'date' }, sum: { type: 'integer' } },
      relations: { shift: { dataset: 'shifts', columns: ['shop', 'day'] } },
    },
  },
  {
    file: 'shifts.yaml',
    content: {
      name: 'shifts',
      shared: true,
      key: ['shop', 'day'],
      columns: { shop, day: { type: 'date' }, head: { type: 'text' } },
      relations: { person: { dataset: 'people', columns: ['head'] } },
    },
  },
  {
    file: 'people.yaml',
    content: {
      name: 'people',
      shared: true,
      key: ['name'],
      columns: { name: { type: 'text' }, age: { type: 'integer' } },
    },
  },
]);

const column = (scan: number, name: string): BoundExpression => ({
  kind: 'column',
  scan,
  name,
  type: { kind: 'text' },
  pointer: '',
});
const equals = (scan: number, name: string, value: string) =>
  operation('eq', [column(scan, name), literal({ kind: 'text' }, value)]);

function plan(body: object, predicates: readonly (readonly BoundExpression[])[] = []): GovernedQuery {
  const syntax = readQuery({ dataset: 'sales', ...body }, 'export');
  const { scans, ...query } = bindQuery(syntax, { catalog, visible: () => true, pointer: '', now: 0n });
  const [first, ...rest] = scans.map((scan, index): GovernedScan => {
    const treatments = new Map([...scan.dataset.columns.keys()].map((name) => [name, 'clear'] as const));
    return { ...scan, predicates: predicates[index] ?? [], treatments };
  });
  return govern({ ...query, scans }, [first!, ...rest]);
}

const sqlOf = (query: GovernedQuery): string => compileCsvExport(query, { rawText: true }, duckdb).sql;
const tables = (sql: string): readonly string[] =>
  [...sql.matchAll(/"(\w+)"\."main"\."rows"/g)].map(([, name]) => name!);

describe('the tables of a statement', () => {
  it('are joined in the order in which they hang on each other, by the whole key', () => {
    expect(sqlOf(plan({ select: ['shift.person.age as age'] }))).toContain(
      '(select "shop" as j1, "day" as j2 from "sales"."main"."rows") s0' +
        ' left join (select "shop" as j0, "day" as j1, "head" as j2 from "shifts"."main"."rows") s1' +
        ' on s0.j1 = s1.j0 and s0.j2 = s1.j1' +
        ' left join (select "age" as v1, "name" as j0 from "people"."main"."rows") s2 on s1.j2 = s2.j0',
    );
  });

  it('are only those that something needs', () => {
    const both = { select: ['shift.head', 'shift.person.age as age'] };
    expect(tables(sqlOf(plan(both)))).toEqual(['sales', 'shifts', 'people']);
    expect(tables(sqlOf(plan({ select: ['shift.head'] })))).toEqual(['sales', 'shifts']);
    expect(tables(compileCount(plan(both), duckdb).sql)).toEqual(['sales']);
    const filter = { column: 'shift.person.age', op: 'gt', value: 1 };
    expect(tables(compileCount(plan({ ...both, filter }), duckdb).sql)).toEqual([
      'sales',
      'shifts',
      'people',
    ]);
  });

  it('hold only rows for which all predicates of their own hold, whatever stands outside', () => {
    const query = plan({ select: ['shift.head'], filter: { column: 'sum', op: 'gt', value: 1 } }, [
      [equals(0, 'shop', 'a'), equals(0, 'day', 'b')],
      [equals(1, 'shop', 'c')],
    ]);
    const { sql, parameters } = compileCsvExport(query, { rawText: true }, duckdb);
    expect(sql).toContain('from "sales"."main"."rows" where ("shop" = $1) and ("day" = $2)) s0 left join (');
    expect(sql).toContain('from "shifts"."main"."rows" where ("shop" = $3)) s1 on ');
    expect(sql).toMatch(/ where \(s0\.v3 > \$4\)\) q$/);
    expect(parameters.map(({ value }) => value)).toEqual(['a', 'b', 'c', 1n]);
  });

  it('show nothing of a column of which policy has said nothing', () => {
    const query = plan({ select: ['sum', 'shop'] });
    const [scan] = query.scans;
    const silent = govern(query, [{ ...scan, treatments: new Map([['shop', 'clear']]) }]);
    expect(sqlOf(silent)).toContain('(select cast(null as varchar) as v3, "shop" as v1 from ');
  });
});
