import { OutputColumn } from '@sluice/contracts';
import { FIELD_SIGNS } from '@sluice/query-dsl';
import { ColumnNeed } from './plan-columns.js';
import { PADDING } from './table-style.js';
import { Measure } from './wrap-text.js';

/** Most that a column of texts asks for, and what it can be squeezed to. */
const LONGEST_TEXT = 240;
const LEAST_TEXT = 72;
const LEAST_WIDTH = 24;
const SHORT_HEADER = 80;
/** Digits before the point that numbers are given room for when only the first rows are known. */
const DIGITS = 8;
const DOUBLE_LENGTH = 12;

export const isNumber = ({ type }: OutputColumn): boolean => /^(?:integer|decimal|double)/.test(type);

/** What each column needs, by its type, its header and the first rows; `isWhole` tells that these are all rows. */
export function measureColumns(
  columns: readonly OutputColumn[],
  rows: readonly (readonly string[])[],
  isWhole: boolean,
  measure: { readonly header: Measure; readonly cell: Measure },
): readonly ColumnNeed[] {
  return columns.map((column, index) => {
    const values = isWhole ? [] : [longestExpected(column)];
    for (const row of rows) values.push(...linesOf(row[index] ?? ''));
    const widest = values.reduce((most, value) => Math.max(most, measure.cell(value)), LEAST_WIDTH);
    return needOf(column, widest, measure.header);
  });
}

const linesOf = (field: string): readonly string[] =>
  field === FIELD_SIGNS.null ? [] : field.split(FIELD_SIGNS.lineBreak);

function needOf({ name, type }: OutputColumn, widest: number, measure: Measure): ColumnNeed {
  const longestWord = Math.max(...name.split(/(?<=[\s_-])/).map(measure));
  const header = measure(name);
  // A long name goes on two lines, or three.
  const named = header <= SHORT_HEADER ? header : Math.max(Math.min(longestWord, LONGEST_TEXT), header / 2);
  const isText = type === 'text';
  const natural = Math.max(isText ? Math.min(widest, LONGEST_TEXT) : widest, Math.min(named, LONGEST_TEXT));
  const least = isText ? Math.min(widest, LEAST_TEXT) : widest;
  const padding = 2 * PADDING;
  return {
    natural: natural + padding,
    least: Math.min(natural, Math.max(least, Math.min(longestWord, LEAST_TEXT))) + padding,
  };
}

/** Later numbers may have more digits than those of the first rows. */
function longestExpected({ type }: OutputColumn): string {
  const [, precision, scale] = /^decimal\((\d+),\s*(\d+)\)$/.exec(type) ?? [];
  if (precision !== undefined && scale !== undefined) {
    const whole = Math.min(Number(precision) - Number(scale), DIGITS);
    return '0'.repeat(whole + Number(scale) + 1);
  }
  if (type === 'double') return '0'.repeat(DOUBLE_LENGTH);
  return type === 'integer' ? '0'.repeat(DIGITS) : '';
}
