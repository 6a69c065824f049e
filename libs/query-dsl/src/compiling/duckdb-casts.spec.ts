import { BOOLEAN, DATE, decimalType, DOUBLE, INTEGER, TEXT, TIMESTAMP } from '@sluice/catalog';
import { castTo, textOf } from './duckdb-casts.js';
import { isoTime, readInstant } from './duckdb-times.js';

const money = decimalType(12, 2);
const number = String.raw`regexp_extract(v, '^[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,3})?$')`;

/** A number's text in plain notation: as many zeros on either side as the exponent asks for, then the point where it belongs. */
function plain(text: string): string {
  const parts = String.raw`regexp_extract(${text}, '^([+-]?)(\d*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$', ['sign', 'whole', 'fraction', 'exponent'])`;
  const zeros = `'${'0'.repeat(100)}'`;
  const exponent = 'least(greatest(coalesce(try_cast("·".exponent as bigint), 0), -99), 99)';
  const whole = `right(${zeros} || "·".whole, greatest(length("·".whole), 1 - ${exponent}))`;
  const fraction = `left("·".fraction || ${zeros}, greatest(length("·".fraction), ${exponent}))`;
  const [digits, point] = [`(${whole} || ${fraction})`, `(length(${whole}) + ${exponent})`];
  return (
    `list_transform([${parts}], lambda "·": case when "·".whole || "·".fraction <> '' then "·".sign || ` +
    `left(${digits}, ${point}) || '.' || substring(${digits}, ${point} + 1) end)[1]`
  );
}

describe('a cast in DuckDB', () => {
  it.each([
    [TEXT, INTEGER, 'cast(v as varchar)'],
    [TEXT, BOOLEAN, 'cast(v as varchar)'],
    [TEXT, money, 'cast(v as varchar)'],
    [TEXT, decimalType(2, 2), String.raw`regexp_replace(cast(v as varchar), '^(-?)[.]', '\10.')`],
    [BOOLEAN, TEXT, "case lower(v) when 'true' then true when 'false' then false end"],
    [DATE, TEXT, String.raw`try_cast(regexp_extract(v, '^\d{4}-\d{2}-\d{2}$') as date)`],
    [DOUBLE, TEXT, `try_cast(${number} as double)`],
    [INTEGER, TEXT, `try_cast(${plain(number)} as bigint)`],
    [money, TEXT, `try_cast(${plain(number)} as decimal(12,2))`],
    [INTEGER, DOUBLE, 'try_cast(round(v) as bigint)'],
    [money, DOUBLE, `try_cast(${plain('cast(v as varchar)')} as decimal(12,2))`],
    [INTEGER, money, 'try_cast(v as bigint)'],
    [money, INTEGER, 'try_cast(v as decimal(12,2))'],
    [DOUBLE, INTEGER, 'try_cast(v as double)'],
    [DATE, TIMESTAMP, 'try_cast(v as date)'],
  ])('to %j from %j', (type, from, sql) => {
    expect(castTo(type, from, 'v')).toBe(sql);
  });

  it('reads and writes times on the clock of the zone, which is UTC unless one is given', () => {
    expect(castTo(TIMESTAMP, TEXT, 'v', '$1')).toBe(readInstant('v', '$1'));
    expect(castTo(TIMESTAMP, TEXT, 'v')).toBe(readInstant('v', `'UTC'`));
    expect(castTo(TEXT, TIMESTAMP, 'v', '$1')).toBe(isoTime('v', '$1'));
    expect(castTo(TEXT, TIMESTAMP, 'v')).toBe(isoTime('v', null));
    expect(textOf('v', TIMESTAMP, '$1')).toBe(isoTime('v', '$1'));
  });
});
