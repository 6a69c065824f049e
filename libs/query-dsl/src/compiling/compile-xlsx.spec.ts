import { BOOLEAN, DATE, decimalType, DOUBLE, INTEGER, TEXT, TIMESTAMP } from '@sluice/catalog';
import { plan, values } from '../../test/orders-plan.js';
import { compileXlsxRows } from './compile-xlsx.js';
import { duckDbDialect as duckdb } from './duckdb-dialect.js';
import { columnLetters } from './xlsx-cells.js';

const place = { column: 'B', row: 'n' };
const text = (sql: string): string =>
  `concat('<c r="B', n, '" t="inlineStr"><is><t>', ${sql}, '</t></is></c>')`;
const typed = (attributes: string, sql: string): string =>
  `concat('<c r="B', n, '"${attributes}><v>', ${sql}, '</v></c>')`;

describe('the rows of a worksheet', () => {
  it('are numbered as they come, from 2 again where a sheet is full', () => {
    expect(compileXlsxRows(plan({ select: ['order_id', 'price'] }, 'export'), duckdb).sql).toBe(
      `select concat('<row r="', n, '">', ` +
        `case when c0 between -999999999999999 and 999999999999999 then concat('<c r="A', n, '"><v>', cast(c0 as varchar), '</v></c>') ` +
        `when c0 is not null then concat('<c r="A', n, '" t="inlineStr"><is><t>', cast(c0 as varchar), '</t></is></c>') end, ` +
        `case when c1 is not null then concat('<c r="B', n, '"><v>', cast(c1 as varchar), '</v></c>') end, '</row>') from (` +
        `select cast(2 + (row_number() over () - 1) % 1048575 as varchar) as n, c0, c1 from (` +
        `select s0.v0 as c0, s0.v4 as c1 from (select "order_id" as v0, "price" as v4 from "orders"."main"."rows" where ("tenant_id" = $1)) s0) q) r`,
    );
  });

  it('are sorted before they are numbered, by a total order', () => {
    const { sql } = compileXlsxRows(plan({ select: ['price'], sort: ['region desc'] }, 'export'), duckdb);
    expect(sql).toMatch(
      /from \(select cast\(2 \+ \(row_number\(\) over \(\) - 1\) % 1048575 as varchar\) as n, c0 from \(select \* from \(.*\) q order by k0 desc nulls last, k1 asc nulls last\) q\) r$/,
    );
  });

  it('hold masked columns as text, and tell the zone only where a time is written', () => {
    const masked = compileXlsxRows(plan({ select: ['customer.email'] }, 'export'), duckdb);
    expect(masked.sql).toContain(`'***' as v1`);
    expect(masked.sql).toContain('t="inlineStr"');
    const zoned = (select: string): readonly unknown[] =>
      values(compileXlsxRows(plan({ select: [select], timezone: 'Asia/Tokyo' }, 'export'), duckdb));
    expect(zoned('ordered_at')).toContain('Asia/Tokyo');
    expect(zoned('order_id')).toEqual(['CA']);
  });

  it('have columns from A to XFD', () => {
    expect([0, 25, 26, 51, 52, 701, 702, 16_383].map(columnLetters)).toEqual([
      'A',
      'Z',
      'AA',
      'AZ',
      'BA',
      'ZZ',
      'AAA',
      'XFD',
    ]);
  });
});

describe('a cell of a worksheet', () => {
  const bound = 'cast(1000000000000000 as decimal(16,0))';
  const digits = `length(trim(replace(cast(v as varchar), '.', ''), '-0')) <= 15`;
  it.each([
    [INTEGER, 'v between -999999999999999 and 999999999999999'],
    [decimalType(16, 0), `v < ${bound} and v > -${bound}`],
    [decimalType(18, 2), `v < ${bound} and v > -${bound} and ${digits}`],
    [decimalType(16, 1), digits],
  ])('is a number where a double holds all digits: %j', (type, fits) => {
    const written = 'cast(v as varchar)';
    expect(duckdb.xlsxCell('v', type, place, null)).toBe(
      `case when ${fits} then ${typed('', written)} when v is not null then ${text(written)} end`,
    );
  });

  it('is always a number for decimals of 15 digits', () => {
    expect(duckdb.xlsxCell('v', decimalType(15, 4), place, null)).toBe(
      `case when v is not null then ${typed('', 'cast(v as varchar)')} end`,
    );
  });

  it('is a boolean, a double, or the name of what is no number', () => {
    expect(duckdb.xlsxCell('v', BOOLEAN, place, null)).toBe(
      `case when v is not null then ${typed(' t="b"', 'cast(v as tinyint)')} end`,
    );
    const name = `case when isnan(v) then 'NaN' when v > 0 then 'Infinity' else '-Infinity' end`;
    expect(duckdb.xlsxCell('v', DOUBLE, place, null)).toBe(
      `case when isfinite(v) then ${typed('', 'v')} when v is not null then ${text(name)} end`,
    );
  });

  it('is a day or a local time where Excel has a number for it', () => {
    expect(duckdb.xlsxCell('v', DATE, place, null)).toBe(
      `case when v between date '1900-03-01' and date '9999-12-31' then ${typed(' s="1"', `date_diff('day', date '1899-12-30', v)`)} ` +
        `when v is not null then ${text('cast(v as varchar)')} end`,
    );
    expect(duckdb.xlsxCell('v', TIMESTAMP, place, null)).toContain(
      `case when v between timestamp '1900-03-01' and timestamp '9999-12-31 23:59:59.999' then concat('<c r="B', n, '" s="', ` +
        `case when epoch_us(v) % 1000000 = 0 then 2 else 3 end, '"><v>', (epoch_us(v) + 2209161600000000) / 86400000000, '</v></c>') when isfinite(v) then `,
    );
    expect(duckdb.xlsxCell('v', TIMESTAMP, place, '$1')).toContain(`try(timezone($1, timezone('UTC', v)))`);
  });

  it('writes text as it is unless something in it needs care', () => {
    const sql = duckdb.xlsxCell('v', TEXT, place, null);
    expect(sql).toContain(`case when v is null then null when regexp_matches(v, '`);
    expect(sql.endsWith(`else ${text('v')} end`)).toBe(true);
    expect(sql).toContain(`regexp_replace(v, '_([xX])', '_x005F_\\1', 'g')`);
    for (const code of ['0000', '0008', '000B', '000D', '001F', 'FFFE', 'FFFF'])
      expect(sql).toContain(`'_x${code}_')`);
    for (const code of ['0009', '000A', '0020']) expect(sql).not.toContain(`'_x${code}_')`);
    expect(duckdb.xlsxText('v')).toContain('case when strlen(v) > 32767 and length(');
  });
});
