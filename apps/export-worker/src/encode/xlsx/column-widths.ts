import { OutputColumn } from '@sluice/contracts';
import { columnLetters } from '@sluice/query-dsl';

/** Widths are in characters (ECMA-376, 18.3.1.13). */
const [LEAST, MOST] = [8, 60];
/** The filter's arrow takes room in the header. */
const ARROW = 4;
/** As the style sheet shows them, with some room. */
const FIXED: Readonly<Record<string, number>> = { date: 12, timestamp: 24, boolean: 8 };
const CELL = /<c r="([A-Z]+)\d+"[^>]*>(?:<is><t[^>]*>|<v>)([^<]*)</g;
const FULL_WIDTH =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

/** How wide each column is to be: by its type where that says it, else by its header and the first rows, which come as XML. */
export function columnWidths(columns: readonly OutputColumn[], firstRows: string): readonly number[] {
  const longest = new Map<string, number>();
  for (const [, column = '', text = ''] of firstRows.matchAll(CELL)) {
    longest.set(column, Math.max(longest.get(column) ?? 0, shownWidth(text)));
  }
  return columns.map(({ name, type }, index) => {
    const content = FIXED[type] ?? (longest.get(columnLetters(index)) ?? 0) + 2;
    return Math.min(Math.max(LEAST, content, shownWidth(name) + ARROW), MOST);
  });
}

/** Characters of the longest line; those of East Asian scripts are two wide, and an entity is one. */
function shownWidth(text: string): number {
  const lines = text.split(/&#10;|\n/).map((line) => line.replace(/&\w+;/g, '.'));
  return Math.max(...lines.map((line) => [...line].length + (line.match(FULL_WIDTH)?.length ?? 0)));
}
