import fc from 'fast-check';
import { page, plan, values } from '../../test/orders-plan.js';
import { Treatment } from '../governed-query.js';
import { Statement } from '../statement.js';
import { compileCount } from './compile-count.js';
import { compileCsvExport } from './compile-export.js';
import { compilePage } from './compile-page.js';
import { duckDbDialect as duckdb } from './duckdb-dialect.js';

describe('the compiler', () => {
  it('puts each table behind policy first, and what the caller wrote outside of it', () => {
    const statement = compilePage(
      plan({
        select: ['region', 'customer.email as mail'],
        filter: { column: 'price', op: 'gt', value: 9.999 },
        page,
      }),
      null,
      duckdb,
    );
    expect(statement.sql).toBe(
      [
        `select encode(string_agg(line, ',') filter (where n <= $4)), count(*), max(k0) filter (where n = $4) from (`,
        `select row_number() over () as n, `,
        `concat($5, coalesce(cast(to_json(c0) as varchar), 'null'), $6, coalesce(cast(to_json(c1) as varchar), 'null'), '}') as line, `,
        `cast(k0 as varchar) as k0 from (select * from (`,
        `select s0.v3 as c0, s1.v1 as c1, s0.v0 as k0 from `,
        `(select "region" as v3, "order_id" as v0, "price" as v4, "customer_id" as j2 from "orders"."main"."rows" where ("tenant_id" = $1)) s0`,
        ` left join (select '***' as v1, "customer_id" as j0 from "customers"."main"."rows" where ("tenant_id" = $2)) s1 on s0.j2 = s1.j0`,
        ` where (s0.v4 > $3)`,
        `) q order by k0 asc nulls last limit $4 + 1) p) r`,
      ].join(''),
    );
    expect(values(statement)).toEqual(['CA', 'CA', '9.99', 2n, '{"region":', ',"mail":']);
  });

  it('computes groups first, then expressions over them', () => {
    const grouped = {
      select: ['region', 'sum(price) / count(*) as mean'],
      having: { column: 'mean', op: 'gt', value: 5 },
      page,
    };
    const { sql } = compileCount(plan(grouped), duckdb);
    expect(sql).toBe(
      'select count(*) from (select 1 as one from (select s0.v3 as g0, cast(sum(s0.v4) as decimal(38,2)) as g1, cast(count(*) as bigint) as g2 ' +
        'from (select "region" as v3, "price" as v4 from "orders"."main"."rows" where ("tenant_id" = $1)) s0 group by 1) g ' +
        'where (try(try_cast(g.g1 as double) / nullif(try_cast(g.g2 as double), 0)) > $2)) q',
    );
  });

  it('counts one group where there are no keys', () => {
    expect(compileCount(plan({ select: ['sum(price) as p'], page }), duckdb).sql).toBe(
      'select count(*) from (select 1 as one from (select count(*) as one from ' +
        '(select 1 as one from "orders"."main"."rows" where ("tenant_id" = $1)) s0) g) q',
    );
  });

  it('counts without the joins that cannot change the number', () => {
    expect(compileCount(plan({ select: ['customer.email'], page }), duckdb).sql).not.toContain('customers');
    const filtered = plan({ filter: { column: 'customer.customer_id', op: 'eq', value: 1 }, page });
    expect(compileCount(filtered, duckdb).sql).toContain('customers');
  });

  it('continues after a position: direction by direction, NULLs last', () => {
    const query = plan({ select: ['region'], sort: ['region desc', 'price'], page });
    const { sql } = compilePage(query, ['west', null, '7'], duckdb);
    expect(sql).toContain(
      'where ((k0 < cast($2 as varchar) or k0 is null)) or ' +
        '(k0 = cast($2 as varchar) and k1 is null and (k2 > cast($3 as bigint) or k2 is null)) order by',
    );
  });

  it('writes an export under the names of the answer, text defused unless asked raw', () => {
    const body = { select: ['region', { expr: 'price', as: '=sum("a")' }], sort: ['price'] };
    const defused = compileCsvExport(plan(body, 'export'), { rawText: false }, duckdb).sql;
    expect(defused).toContain(`then '''' || c0 else c0 end as "region", c1 as "'=sum(""a"")"`);
    expect(defused).toMatch(/order by q\.k0 asc nulls last, q\.k1 asc nulls last$/);
    expect(compileCsvExport(plan(body, 'export'), { rawText: true }, duckdb).sql).toContain(
      'c0 as "region", c1 as "=sum(""a"")"',
    );
  });

  it.each<[Treatment, string]>([
    ['clear', '"email" as v1'],
    ['mask', `'***' as v1`],
    ['partial', `right("email", 4)`],
    ['null', 'cast(null as varchar) as v1'],
  ])('treats a column as %s where it is read', (treatment, sql) => {
    expect(
      compilePage(plan({ select: ['customer.email'], page }, 'page', treatment), null, duckdb).sql,
    ).toContain(sql);
  });

  it('has the same text whatever the values are', () => {
    const query = (text: string, number: number, list: readonly number[]): Statement =>
      compilePage(
        plan({
          select: [
            `concat(region, '${text.replaceAll("'", "''")}') as label`,
            { expr: `price * ${Math.abs(number)}`, as: 'p' },
          ],
          filter: {
            and: [
              { column: 'region', op: 'eq', value: text },
              { column: 'region', op: 'like', value: `%${text.replaceAll('\\', '')}` },
              { column: 'order_id', op: 'in', value: list },
              { column: 'order_id', op: 'lt', value: number },
            ],
          },
          page,
        }),
        null,
        duckdb,
      );
    const { sql } = query('a', 1, [1]);
    const numbers = fc.integer({ min: -1_000_000, max: 1_000_000 });
    fc.assert(
      fc.property(
        fc.string(),
        numbers,
        fc.array(numbers, { minLength: 1, maxLength: 5 }),
        (text, number, list) => {
          expect(query(text, number, list).sql).toBe(sql);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('looks a list up as a join in a condition, and by a function inside of an operation', () => {
    const inList = (select: string, filter: string): string =>
      compileCount(
        plan({
          select: [{ expr: select, as: 'x' }],
          filter: { column: filter, op: 'eq', value: true },
          page,
        }),
        duckdb,
      ).sql;
    const filtered = { column: 'order_id', op: 'in', value: [1, 2] };
    expect(compileCount(plan({ filter: { not: filtered }, page }), duckdb).sql).toContain(
      '(not (s0.v0 = any($2)))',
    );
    expect(inList('order_id', 'order_id in (1, 2)')).toContain('list_contains($2, s0.v0)');
  });

  it('orders what first and last take by the key, which the scan then reads', () => {
    const { sql } = compileCount(
      plan(
        {
          select: ['region', 'last(customer.email, price) as x'],
          having: { column: 'x', op: 'isNull' },
          page,
        },
        'page',
        'clear',
      ),
      duckdb,
    );
    expect(sql).toContain(
      'cast(first(s1.v1 order by s0.v4 desc nulls last, s0.v0 asc nulls last) as varchar) as g1 ' +
        'from (select "region" as v3, "price" as v4, "order_id" as v0, "customer_id" as j2 from',
    );
  });

  it('keeps a standard deviation and a quantile from raising', () => {
    const sql = (expr: string): string =>
      compileCount(plan({ select: ['region'], having: { column: expr, op: 'gt', value: 1 }, page }), duckdb)
        .sql;
    expect(sql('stddev(cast(region as double))')).toContain('case when bool_and(abs(');
    expect(sql('median(price)')).toContain(
      'quantile_cont(try_cast(s0.v4 as double), $2) filter (isfinite(try_cast(s0.v4 as double)))',
    );
  });

  it('says local times of a list once, however many there are', () => {
    const listed = (...value: readonly string[]): Statement =>
      compileCount(
        plan({ filter: { column: 'ordered_at', op: 'in', value }, timezone: 'Europe/Berlin', page }),
        duckdb,
      );
    expect(listed('2024-01-01', '2024-01-02', '2024-01-03').sql).toBe(listed('2024-01-01').sql);
    expect(values(listed('2024-01-01T00:00:00Z', '2024-01-02'))).toEqual([
      'CA',
      ['2024-01-01T00:00:00.000000'],
      ['2024-01-02T00:00:00.000000'],
      'Europe/Berlin',
    ]);
  });

  it('says the operand of a range once', () => {
    const range = (text: string): string =>
      compileCount(plan({ filter: { column: text, op: 'eq', value: true }, page }), duckdb).sql;
    expect(range('price between 1 and 2')).toContain('((s0.v4 between $2 and $3) = $4)');
    // The bound was rounded, so that it is a comparison of its own.
    expect(range('price between 1.001 and 2')).toContain('((s0.v4 > $2) and (s0.v4 <= $3))');
    expect(range('region between customer.email and region')).toContain('(s0.v3 between s1.v1 and s0.v3)');
  });

  it('binds the zone of the query only where a time is written', () => {
    const zoned = (select: string) =>
      values(compilePage(plan({ select: [select], timezone: 'Europe/Berlin', page }), null, duckdb));
    expect(zoned('ordered_at')).toContain('Europe/Berlin');
    expect(zoned('order_id')).not.toContain('Europe/Berlin');
    const file = plan({ select: ['order_id'], timezone: 'Europe/Berlin' }, 'export');
    expect(values(compileCsvExport(file, { rawText: false }, duckdb))).toEqual(['CA']);
  });

  it('refuses names that no identifier can hold', () => {
    expect(() => duckdb.quote('a\0b')).toThrow(RangeError);
    expect(duckdb.quote('a"; drop table x; --')).toBe('"a""; drop table x; --"');
  });
});
