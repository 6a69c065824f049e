import { ColumnType } from '@sluice/catalog';
import { once } from './duckdb-once.js';
import { isoTime, readInstant } from './duckdb-times.js';
import { typeName } from './duckdb-types.js';

/** Plain decimal notation; the engine itself also takes underscores, blanks, `nan`, and a point without digits. */
const NUMBER = String.raw`^[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,3})?$`;
const DATE = String.raw`^\d{4}-\d{2}-\d{2}$`;

/** What a caller's cast gives; NULL where a value does not fit. `zone` stands there where a time is read or written outside of UTC. */
export function castTo(type: ColumnType, from: ColumnType, value: string, zone?: string): string {
  if (type.kind === 'text') return textOf(value, from, zone ?? null);
  if (from.kind === 'text') return readText(type, value, zone ?? `'UTC'`);
  if (from.kind === 'double' && type.kind === 'integer') return `try_cast(round(${value}) as bigint)`;
  // By its shortest form: the engine's own way from double to decimal rounds 0.4999999995 up.
  if (from.kind === 'double' && type.kind === 'decimal') return exactly(`cast(${value} as varchar)`, type);
  return `try_cast(${value} as ${typeName(type)})`;
}

/** A value as text, as an answer writes it. */
export function textOf(value: string, from: ColumnType, zone: string | null): string {
  if (from.kind === 'timestamp') return isoTime(value, zone);
  const text = `cast(${value} as varchar)`;
  // The engine writes no digit before the point where the type has none.
  const isFraction = from.kind === 'decimal' && from.precision === from.scale;
  return isFraction ? `regexp_replace(${text}, '^(-?)[.]', '\\10.')` : text;
}

function readText(type: ColumnType, value: string, zone: string): string {
  const number = `regexp_extract(${value}, '${NUMBER}')`;
  switch (type.kind) {
    case 'boolean':
      return `case lower(${value}) when 'true' then true when 'false' then false end`;
    case 'date':
      return `try_cast(regexp_extract(${value}, '${DATE}') as date)`;
    case 'timestamp':
      return readInstant(value, zone);
    case 'double':
      return `try_cast(${number} as double)`;
    default:
      return exactly(number, type);
  }
}

/** What stands in brackets are sign, whole digits, fraction and exponent. */
const PARTS = String.raw`^([+-]?)(\d*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$`;

/** A number's text as an exact type. The engine rounds plain notation as it should, but one with an exponent wrongly (`9e-32` to 1e-20). */
function exactly(text: string, type: ColumnType): string {
  const parts = `regexp_extract(${text}, '${PARTS}', ['sign', 'whole', 'fraction', 'exponent'])`;
  return `try_cast(${once([parts], ([x = '']) => plainNotation(x))} as ${typeName(type)})`;
}

/** As many as an exponent can ask for: past it, all digits of any decimal are zeros or the value is out of range. */
const MOST_ZEROS = 99;
const ZEROS = `'${'0'.repeat(MOST_ZEROS + 1)}'`;

/** Moves the point to where the exponent wants it. */
function plainNotation(x: string): string {
  const exponent = `least(greatest(coalesce(try_cast(${x}.exponent as bigint), 0), -${MOST_ZEROS}), ${MOST_ZEROS})`;
  const whole = `right(${ZEROS} || ${x}.whole, greatest(length(${x}.whole), 1 - ${exponent}))`;
  const fraction = `left(${x}.fraction || ${ZEROS}, greatest(length(${x}.fraction), ${exponent}))`;
  const digits = `(${whole} || ${fraction})`;
  const point = `(length(${whole}) + ${exponent})`;
  return `case when ${x}.whole || ${x}.fraction <> '' then ${x}.sign || left(${digits}, ${point}) || '.' || substring(${digits}, ${point} + 1) end`;
}
