/** Order of the bytes of UTF-8, which is that of the code points. */
export function compareTexts(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** One code point becomes one code point: what would become several stays. */
const byCodePoint = (text: string, change: (point: string) => string): string =>
  [...text].map((point) => ([...change(point)].length === 1 ? change(point) : point)).join('');

export const lower = (text: string): string => byCodePoint(text, (point) => point.toLowerCase());
/** The engine gives the sharp s its capital letter, which the platform writes as two. */
export const upper = (text: string): string =>
  byCodePoint(text, (point) => (point === 'ß' ? 'ẞ' : point.toUpperCase()));

/** Takes blanks off (Unicode's space separators), but neither tabs nor line ends. */
export const trim = (text: string): string => text.replace(/^\p{Zs}+|\p{Zs}+$/gu, '');

const OUTERMOST = 4_294_967_295n;

/**
 * Counts code points from 1, a negative `start` from the end, but not from before the first. A `length` below zero takes nothing. NULL
 * where a number has more than 32 bits.
 */
export function substring(text: string, start: bigint, length: bigint | null): string | null {
  const points = [...text];
  const size = BigInt(points.length);
  if (start > OUTERMOST || (length ?? 0n) > OUTERMOST) return null;
  const from = start > 0n ? start - 1n : start === 0n ? -1n : start < -size ? 0n : size + start;
  const to = length === null ? size : from + (length < 0n ? 0n : length);
  const clamp = (position: bigint): number => Number(position < 0n ? 0n : position > size ? size : position);
  return points.slice(clamp(from), clamp(to)).join('');
}

/** SQL's `like`: `%` any text, `_` one code point, `\` takes the next one literally. */
export function isLike(text: string, pattern: string): boolean {
  const points = [...pattern];
  let source = '';
  for (let index = 0; index < points.length; index++) {
    const point = points[index] ?? '';
    if (point === '%') source += '.*';
    else if (point === '_') source += '.';
    else source += literally(point === '\\' ? (points[++index] ?? '') : point);
  }
  return new RegExp(`^${source}$`, 'su').test(text);
}

const literally = (point: string): string => `\\u{${(point.codePointAt(0) ?? 0).toString(16)}}`;

/** Keeps spreadsheets from running a text as a formula (SPEC X9). */
export const defused = (text: string): string => (/^[=+\-@\t\r\n＝＋－＠]/u.test(text) ? `'${text}` : text);
