import { BOOLEAN, DATE, decimalType, DOUBLE, INTEGER, TEXT, TIMESTAMP } from '@sluice/catalog';
import { LIMITS } from '../limits.js';
import { duckDbDialect as duckdb } from './duckdb-dialect.js';

/** An instant on the clock of the zone, with the zone's offset then, to the minute. */
const local = "try(timezone($1, timezone('UTC', v)))";
const fraction = "case when date_part('microsecond', v) % 1000000 = 0 then '' else strftime(v, '.%f') end";
const minutes = `try(date_diff('minute', v, ${local}))`;
const shortTime = "v between timestamp '0001-01-01' and timestamp '9999-12-31' and epoch_us(v) % 1000000 = 0";
const utcTime =
  `case when ${shortTime} then concat(cast(v as date), 'T', cast(v as time), 'Z') else ` +
  `case when isfinite(v) then strftime(v, '%Y-%m-%dT%H:%M:%S') || ${fraction} || 'Z' end end`;
const zonedTime =
  `case when isfinite(v) then strftime(try(v + to_minutes(${minutes})), '%Y-%m-%dT%H:%M:%S') || ${fraction} || ` +
  `case when ${minutes} < 0 then '-' else '+' end || ` +
  `right('0' || cast(abs(${minutes}) // 60 as varchar), 2) || ':' || right('0' || cast(abs(${minutes}) % 60 as varchar), 2) end`;

describe('the DuckDB dialect', () => {
  it.each([
    [TEXT, 'cast(to_json(v) as varchar)'],
    [INTEGER, 'cast(v as varchar)'],
    [decimalType(12, 2), 'cast(v as varchar)'],
    [DOUBLE, 'case when isfinite(v) then cast(v as varchar) end'],
    [BOOLEAN, 'cast(v as varchar)'],
    [DATE, `'"' || cast(v as varchar) || '"'`],
    [TIMESTAMP, `'"' || ${utcTime} || '"'`],
  ])('writes %j as JSON', (type, sql) => {
    expect(duckdb.jsonText('v', type, false, null)).toBe(sql);
  });

  it('quotes exact numbers where asked, so that JavaScript keeps their digits', () => {
    const quoted = `'"' || cast(v as varchar) || '"'`;
    expect(duckdb.jsonText('v', INTEGER, true, null)).toBe(quoted);
    expect(duckdb.jsonText('v', decimalType(12, 2), true, null)).toBe(quoted);
    expect(duckdb.jsonText('v', DOUBLE, true, null)).toBe(duckdb.jsonText('v', DOUBLE, false, null));
    expect(duckdb.jsonText('v', BOOLEAN, true, null)).toBe('cast(v as varchar)');
  });

  it('writes times on the clock of the zone, in JSON and CSV alike', () => {
    expect(duckdb.jsonText('v', TIMESTAMP, false, '$1')).toBe(`'"' || ${zonedTime} || '"'`);
    expect(duckdb.csvValue('v', TIMESTAMP, true, '$1')).toBe(zonedTime);
    expect(duckdb.csvValue('v', TIMESTAMP, true, null)).toBe(utcTime);
    expect(duckdb.csvValue('v', DATE, true, '$1')).toBe('cast(v as varchar)');
  });

  it('keeps a spreadsheet from running a text, and touches nothing else', () => {
    const start = `('=', '+', '-', '@', chr(9), chr(10), chr(13), '＝', '＋', '－', '＠')`;
    expect(duckdb.csvValue('v', TEXT, true, null)).toBe(
      `case when left(v, 1) in ${start} then '''' || v else v end`,
    );
    expect(duckdb.csvValue('v', TEXT, false, null)).toBe('v');
    for (const type of [INTEGER, DOUBLE, BOOLEAN, decimalType(4, 1)])
      expect(duckdb.csvValue('v', type, true, null)).toBe('v');
  });

  it('shows the last four of a partial value only where something stays hidden', () => {
    expect(duckdb.treat('partial', 'v', TEXT)).toBe(
      `'***' || coalesce(case when length(v) > 4 then right(v, 4) end, '')`,
    );
    const text = 'cast(v as varchar)';
    expect(duckdb.treat('partial', 'v', INTEGER)).toBe(
      `'***' || coalesce(case when length(${text}) > 4 then right(${text}, 4) end, '')`,
    );
    const finite = `case when isfinite(v) then ${text} end`;
    expect(duckdb.treat('partial', 'v', DOUBLE)).toBe(
      `'***' || coalesce(case when length(${finite}) > 4 then right(${finite}, 4) end, '')`,
    );
  });

  it('knows that a treated column is text', () => {
    expect(duckdb.treatedType('clear', INTEGER)).toEqual(INTEGER);
    for (const treatment of ['mask', 'partial', 'null'] as const)
      expect(duckdb.treatedType(treatment, INTEGER)).toEqual(TEXT);
  });

  it('quotes every name, and none that is too long or holds a zero', () => {
    expect(duckdb.quote('x'.repeat(LIMITS.nameLength))).toHaveLength(LIMITS.nameLength + 2);
    expect(() => duckdb.quote('x'.repeat(LIMITS.nameLength + 1))).toThrow(RangeError);
    expect(() => duckdb.quote('x\0')).toThrow(RangeError);
    expect(duckdb.quote('a"b"')).toBe('"a""b"""');
  });
});
