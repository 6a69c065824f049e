import { ColumnType } from '@sluice/catalog';
import { textOf } from './duckdb-casts.js';
import { once } from './duckdb-once.js';
import { localTime } from './duckdb-times.js';
import { CellPlace, XLSX_LIMITS, XLSX_STYLES } from './xlsx-cells.js';

/** A value as a cell of a worksheet (ECMA-376, 18.3.1.4), or NULL: typed where Excel can hold the type, else the text of an answer. */
export function xlsxCell(value: string, type: ColumnType, place: CellPlace, zone: string | null): string {
  switch (type.kind) {
    case 'text':
      return textCell(value, place);
    case 'boolean':
      return present(value, cell(place, `t="b"`, `cast(${value} as tinyint)`));
    case 'double': {
      const name = `case when isnan(${value}) then 'NaN' when ${value} > 0 then 'Infinity' else '-Infinity' end`;
      return either(`isfinite(${value})`, cell(place, '', value), value, inlineText(place, name));
    }
    case 'date': {
      const days = `date_diff('day', date '1899-12-30', ${value})`;
      const typed = cell(place, `s="${XLSX_STYLES.date}"`, days);
      const fits = `${value} between date '1900-03-01' and date '9999-12-31'`;
      return either(fits, typed, value, inlineText(place, textOf(value, type, null)));
    }
    case 'timestamp':
      return timeCell(value, type, place, zone);
    case 'integer':
    case 'decimal': {
      const number = cell(place, '', textOf(value, type, null));
      const fits = holds15Digits(value, type);
      if (fits === null) return present(value, number);
      return either(fits, number, value, inlineText(place, textOf(value, type, null)));
    }
  }
}

/**
 * A text that Excel can hold: a longer one is cut where its UTF-16 units would surely pass the limit, and says so at its end. Bytes are
 * never fewer than units, so that nearly all texts are settled by their number.
 */
export function xlsxText(text: string): string {
  const units = `length(regexp_replace(${text}, '[\\x{10000}-\\x{10FFFF}]', '..', 'g'))`;
  const kept = `case when ${units} = length(${text}) then 32700 else 16350 end`;
  const cut = `left(${text}, ${kept}) || '… [cut: ' || cast(length(${text}) as varchar) || ' characters]'`;
  const { textLength } = XLSX_LIMITS;
  return `case when strlen(${text}) > ${textLength} and ${units} > ${textLength} then ${cut} else ${text} end`;
}

const open = ({ column, row }: CellPlace, attributes: string): string =>
  `'<c r="${column}', ${row}, '"${attributes === '' ? '' : ` ${attributes}`}>`;

const cell = (place: CellPlace, attributes: string, value: string): string =>
  `concat(${open(place, attributes)}<v>', ${value}, '</v></c>')`;

/** Of a text that needs no care. */
const inlineText = (place: CellPlace, text: string): string =>
  `concat(${open(place, 't="inlineStr"')}<is><t>', ${text}, '</t></is></c>')`;

const present = (value: string, typed: string): string => `case when ${value} is not null then ${typed} end`;

const either = (fits: string, typed: string, value: string, text: string): string =>
  `case when ${fits} then ${typed} when ${value} is not null then ${text} end`;

/**
 * Whether a double gives back all digits of an exact number, which it does for 15 of them, and Excel shows them; null where the type says
 * so already.
 */
function holds15Digits(value: string, type: ColumnType): string | null {
  if (type.kind !== 'decimal') return `${value} between -999999999999999 and 999999999999999`;
  const { precision, scale } = type;
  if (precision <= 15) return null;
  const bound = 'cast(1000000000000000 as decimal(16,0))';
  const whole = precision - scale > 15 ? [`${value} < ${bound} and ${value} > -${bound}`] : [];
  // Zeros at both ends are no digits that a number has to keep.
  const digits = `length(trim(replace(cast(${value} as varchar), '.', ''), '-0')) <= 15`;
  return [...whole, ...(scale > 0 ? [digits] : [])].join(' and ');
}

/** Days since 1899-12-30 on the zone's clock. The sum is exact before the one division. */
function timeCell(value: string, type: ColumnType, place: CellPlace, zone: string | null): string {
  const args = zone === null ? [value, value] : [value, localTime(value, zone)];
  return once(args, ([time = '', local = '']) => {
    const { time: whole, timeWithFraction } = XLSX_STYLES;
    const style = `case when epoch_us(${local}) % 1000000 = 0 then ${whole} else ${timeWithFraction} end`;
    const days = `(epoch_us(${local}) + 2209161600000000) / 86400000000`;
    const typed = `concat('<c r="${place.column}', ${place.row}, '" s="', ${style}, '"><v>', ${days}, '</v></c>')`;
    const fits = `${local} between timestamp '1900-03-01' and timestamp '9999-12-31 23:59:59.999'`;
    // An infinite time is NULL, as in an answer.
    return `case when ${fits} then ${typed} when isfinite(${time}) then ${inlineText(place, textOf(time, type, zone))} end`;
  });
}

/** Characters that XML 1.0 cannot hold, and the carriage return, which it would turn into a line feed. */
const ILLEGAL = String.raw`\x00-\x08\x0B-\x0D\x0E-\x1F\x{FFFE}\x{FFFF}`;
const ILLEGAL_CODES = [...Array.from({ length: 32 }, (_, code) => code), 0xfffe, 0xffff].filter(
  (code) => code !== 0x09 && code !== 0x0a,
);
/** Most texts have none of these and are written as they are. Blanks at the ends are lost unless the cell says `preserve`. */
const SPECIAL = String.raw`[\x00-\x1F&<>\x{FFFE}\x{FFFF}]|^ | $|_[xX][0-9A-Fa-f]{4}`;
/** What a reader would take for an escaped character, also where its last sign only comes by escaping the next one. */
const LOOKS_ESCAPED = `_[xX][0-9A-Fa-f]{4}[_${ILLEGAL}]`;

function textCell(text: string, place: CellPlace): string {
  const escaped = `concat(${open(place, 't="inlineStr"')}<is><t xml:space="preserve">', ${escapedText(text)}, '</t></is></c>')`;
  return `case when ${text} is null then null when regexp_matches(${text}, '${SPECIAL}') then ${escaped} else ${inlineText(place, text)} end`;
}

/** As ST_Xstring has it (ECMA-376, 22.9.2.19): `_xHHHH_` for what XML cannot hold. A line feed must not end the row's line. */
function escapedText(text: string): string {
  const unambiguous = `case when regexp_matches(${text}, '${LOOKS_ESCAPED}') then regexp_replace(${text}, '_([xX])', '_x005F_\\1', 'g') else ${text} end`;
  const legal = ILLEGAL_CODES.reduce((sql, code) => {
    const hex = code.toString(16).toUpperCase().padStart(4, '0');
    return `replace(${sql}, chr(${code}), '_x${hex}_')`;
  }, unambiguous);
  const marks = [
    [`'&'`, '&amp;'],
    [`'<'`, '&lt;'],
    [`'>'`, '&gt;'],
    ['chr(10)', '&#10;'],
  ] as const;
  return marks.reduce(
    (sql, [mark, entity]) => `replace(${sql}, ${mark}, '${entity}')`,
    `case when regexp_matches(${text}, '[${ILLEGAL}]') then ${legal} else ${unambiguous} end`,
  );
}
