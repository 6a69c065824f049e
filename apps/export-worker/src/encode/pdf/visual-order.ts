import bidiFactory from 'bidi-js';
import { LRUCache } from 'lru-cache';
import { DocumentFont } from './document-font.js';

/** Putting a line in order takes 10 to 160 µs, and the same ones come often. Characters that are remembered for each font: */
const REMEMBERED = 1 << 18;
/** Hebrew letters without points, blanks and digits look the same beside any other. */
const UNSHAPED = /^[\u05d0-\u05ea\s\d.,:;-]*$/;
const remembered = new WeakMap<DocumentFont, LRUCache<string, readonly number[]>>();
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
  let lines = remembered.get(font);
  if (!lines) {
    lines = new LRUCache({ maxSize: REMEMBERED, sizeCalculation: (_, text) => text.length + 1 });
    remembered.set(font, lines);
  }
  const known = lines.get(line);
  if (known) return known;
  const cids = orderedCids(font, line);
  lines.set(line, cids);
  return cids;
}

function orderedCids(font: DocumentFont, line: string): readonly number[] {
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
  if (UNSHAPED.test(text)) return cidsOf(font, text).toReversed();
  const { glyphs } = font.font.layout(text, undefined, undefined, undefined, 'rtl');
  return glyphs.flatMap(({ id, advanceWidth, codePoints }) =>
    id === 0
      ? codePoints.map((codePoint) => font.cid(codePoint))
      : [font.cidOfGlyph(id, advanceWidth, String.fromCodePoint(...codePoints))],
  );
}
