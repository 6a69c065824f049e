import bidiFactory from 'bidi-js';
import { DocumentFont } from './document-font.js';

const bidi = bidiFactory();

/** A run of one direction; `isReversed` when it is read from right to left. */
interface Run {
  readonly text: string;
  readonly isReversed: boolean;
}

/**
 * The characters of a line from left to right (Unicode Bidirectional Algorithm, UAX 9), those that run from right to left in the forms that
 * they take beside each other.
 */
export function visualCids(font: DocumentFont, line: string): readonly number[] {
  return visualRuns(line).flatMap(({ text, isReversed }) =>
    isReversed ? shaped(font, text) : cidsOf(font, text),
  );
}

export function visualRuns(line: string): readonly Run[] {
  const embedding = bidi.getEmbeddingLevels(line);
  const mirrored = bidi.getMirroredCharactersMap(line, embedding.levels);
  const order = bidi.getReorderedIndices(line, embedding);
  const runs: Run[] = [];
  for (let start = 0; start < order.length;) {
    const isReversed = isOdd(embedding.levels, order[start] ?? 0);
    let end = start + 1;
    while (end < order.length && isOdd(embedding.levels, order[end] ?? 0) === isReversed) end += 1;
    // In reading order again, since shaping wants it so.
    const indices = order.slice(start, end).sort((a, b) => a - b);
    const text = indices.map((index) => mirrored.get(index) ?? line.charAt(index)).join('');
    runs.push({ text, isReversed });
    start = end;
  }
  return runs;
}

const isOdd = (levels: Uint8Array, index: number): boolean => ((levels[index] ?? 0) & 1) === 1;

const cidsOf = (font: DocumentFont, text: string): readonly number[] =>
  [...text].map((character) => font.cid(character.codePointAt(0) ?? 0));

function shaped(font: DocumentFont, text: string): readonly number[] {
  const { glyphs } = font.font.layout(text, undefined, undefined, undefined, 'rtl');
  return glyphs.flatMap(({ id, advanceWidth, codePoints }) =>
    id === 0
      ? codePoints.map((codePoint) => font.cid(codePoint))
      : [font.cidOfGlyph(id, advanceWidth, String.fromCodePoint(...codePoints))],
  );
}
