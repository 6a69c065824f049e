/** What a table came to. */
export interface TableCount {
  readonly rows: number;
  /** Texts that went on and were cut. */
  readonly cut: number;
  /** Different characters that the font lacks. */
  readonly missing: number;
}

/** What stands below the last row. */
export function endNotes({ rows, cut, missing }: TableCount): readonly string[] {
  const notes = [rows === 0 ? 'The table has no rows.' : `End of the table: ${counted(rows, 'row')}.`];
  if (cut > 0) notes.push(`Too long for its cell, so that it ends in “…”: ${counted(cut, 'text')}.`);
  if (missing > 0) {
    notes.push(
      `Not in the font, so shown as “\ufffd”, but whole when copied: ${counted(missing, 'different character')}.`,
    );
  }
  return notes;
}

/** `1 row`, `1,200 rows`. */
export const counted = (count: number, what: string): string =>
  `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`;
