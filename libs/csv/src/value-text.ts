import { dayText } from './calendar.js';
import { CsvColumn, CsvValue } from './csv-table.js';
import { decimalText, doubleText } from './number-text.js';
import { timeTexts } from './time-text.js';

/** First characters that a spreadsheet takes for a formula (OWASP, CSV injection), the full-width forms included. */
const FORMULA = /^(?=[=+\-@\t\n\r＝＋－＠])/u;
/** A name holds no control characters. */
const FORMULA_NAME = /^(?=[=+\-@＝＋－＠])/u;

export interface TextRules {
  /** IANA name of the zone that instants are written in. */
  readonly timezone: string;
  /** Leaves text that a spreadsheet would run as a formula as it is. */
  readonly rawText: boolean;
}

/** A value as a field's text, before quoting; null for NULL. */
export type FieldText = (value: CsvValue) => string | null;

export function headerText(name: string, { rawText }: TextRules): string {
  return rawText ? name : name.replace(FORMULA_NAME, "'");
}

/** How a column's values are written. The outcome throws a TypeError for a value that is none of the column's type. */
export function fieldTexts(column: CsvColumn, rules: TextRules): FieldText {
  const written = textsOf(column, rules);
  return (value) => {
    if (value === null) return null;
    const text = written(value);
    if (text !== undefined) return text;
    throw new TypeError(
      `The column "${column.name}" is of type ${column.type.kind}, which a ${typeof value} cannot be.`,
    );
  };
}

/** Undefined for a value of another type. */
function textsOf(
  { type }: CsvColumn,
  { timezone, rawText }: TextRules,
): (value: CsvValue) => string | null | undefined {
  switch (type.kind) {
    case 'text':
      return (value) =>
        typeof value !== 'string' ? undefined : rawText ? value : value.replace(FORMULA, "'");
    case 'integer':
      return (value) =>
        typeof value === 'bigint' || Number.isSafeInteger(value) ? String(value) : undefined;
    case 'decimal':
      return (value) => (typeof value === 'bigint' ? decimalText(value, type.scale) : undefined);
    case 'double':
      return (value) => (typeof value === 'number' ? doubleText(value) : undefined);
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? String(value) : undefined);
    case 'date':
      return (value) => (isDay(value) ? dayText(value) : undefined);
    case 'timestamp': {
      const timeText = timeTexts(timezone);
      return (value) => (typeof value === 'bigint' ? timeText(value) : isInfinite(value) ? null : undefined);
    }
  }
}

const isInfinite = (value: CsvValue): boolean => value === Infinity || value === -Infinity;

function isDay(value: CsvValue): value is number {
  return typeof value === 'number' && (Number.isSafeInteger(value) || isInfinite(value));
}
