/** Excel's: at most 31 UTF-16 units, none of these signs, no quote at an end; names differ in more than case; "History" is its own. */
const LONGEST = 31;
const FORBIDDEN = /[\0-\x1f[\]:*?/\\]/g;

export const ABOUT_SHEET = 'About';

/** Name of a dataset's sheet, counted from 0: the dataset's, with a number from the second on. */
export function sheetName(dataset: string, index: number): string {
  const suffix = index === 0 ? '' : ` (${index + 1})`;
  const plain = dataset.replace(FORBIDDEN, '_').replace(/^'|'$/g, '_');
  const isTaken = plain === '' || [ABOUT_SHEET.toLowerCase(), 'history'].includes(plain.toLowerCase());
  const base = isTaken ? 'Data' : plain;
  return base.slice(0, LONGEST - suffix.length).replace(/[\uD800-\uDBFF]$|'$/, '_') + suffix;
}
