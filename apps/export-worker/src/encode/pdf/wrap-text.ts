const ELLIPSIS = '…';
/** A line may end after one of these. */
const BREAKS = /[\s\-/,;|_]/;

export interface WrappedText {
  readonly lines: readonly string[];
  /** Whether the text went on; the last line then ends in an ellipsis. */
  readonly isCut: boolean;
}

/** Width of a text, in the unit of the width that it is wrapped to. */
export type Measure = (text: string) => number;

/**
 * Breaks a text into lines no wider than `width`: at each of its own line breaks, else after the last blank or sign where a line may end, else anywhere
 * between two characters. Each line has at least one character.
 */
export function wrapText(
  paragraphs: readonly string[],
  width: number,
  maxLines: number,
  measure: Measure,
): WrappedText {
  const lines: string[] = [];
  for (const paragraph of paragraphs) {
    let rest = paragraph;
    do {
      if (lines.length === maxLines) return { lines: cutLast(lines, width, measure), isCut: true };
      const line = firstLine(rest, width, measure);
      lines.push(line.trimEnd());
      rest = rest.slice(line.length);
    } while (rest !== '');
  }
  return { lines, isCut: false };
}

/** A line that goes on, shortened until the ellipsis has room. */
export function cutLine(line: string, width: number, measure: Measure): string {
  const room = width - measure(ELLIPSIS);
  return firstCharacters(line, room, measure).trimEnd() + ELLIPSIS;
}

const cutLast = (lines: readonly string[], width: number, measure: Measure): readonly string[] => [
  ...lines.slice(0, -1),
  cutLine(lines.at(-1) ?? '', width, measure),
];

function firstLine(text: string, width: number, measure: Measure): string {
  const fitting = firstCharacters(text, width, measure);
  if (fitting.length === text.length || text.charAt(fitting.length) === ' ')
    return fitting + spaceAfter(text, fitting);
  for (let end = fitting.length; end > 0; end--) {
    if (BREAKS.test(fitting.charAt(end - 1))) return fitting.slice(0, end);
  }
  return fitting === '' ? firstCharacter(text) : fitting;
}

/** The blank at which a line ends belongs to it, though it is not drawn. */
const spaceAfter = (text: string, line: string): string => (text.charAt(line.length) === ' ' ? ' ' : '');

function firstCharacters(text: string, width: number, measure: Measure): string {
  let [used, end] = [0, 0];
  for (const character of text) {
    used += measure(character);
    if (used > width) break;
    end += character.length;
  }
  return text.slice(0, end);
}

const firstCharacter = (text: string): string => String.fromCodePoint(text.codePointAt(0) ?? 0x20);
