/** What a worksheet can hold (Microsoft, "Excel specifications and limits"). */
export const XLSX_LIMITS = {
  columns: 16_384,
  /** Of data: the first row of each sheet is its header. */
  rowsPerSheet: 1_048_575,
  /** UTF-16 units of a text. */
  textLength: 32_767,
} as const;

/** Numbers of the cell styles that the statement's cells point to; the file's style sheet has them at these places. */
export const XLSX_STYLES = { plain: 0, date: 1, time: 2, timeWithFraction: 3, header: 4 } as const;

/** Where a cell stands. */
export interface CellPlace {
  /** Letters of the column. */
  readonly column: string;
  /** SQL of the row's number, as text. */
  readonly row: string;
}

/** Letters of a column, counted from 0: A to Z, AA, AB, … XFD. */
export function columnLetters(index: number): string {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : columnLetters(Math.floor(index / 26) - 1) + last;
}
