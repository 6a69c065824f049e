import type { Font } from 'fontkit';
import { deflateSync } from 'node:zlib';
import { ObjectWriter } from './object-writer.js';

/** A character that a document uses. */
export interface FontCharacter {
  readonly cid: number;
  /** Number of its glyph in the font. */
  readonly glyph: number;
  /** In thousandths of the font size. */
  readonly width: number;
  readonly text: string;
}

/** The part of a subset that is used. The package's types have `includeGlyph` otherwise. */
interface GlyphSubset {
  /** Takes a glyph in, once, and gives its number in the subset. */
  includeGlyph(glyph: number): number;
  encode(): Uint8Array;
}

const FLATE = '/Filter/FlateDecode';
/** The most that a block of a CMap may list. */
const BLOCK = 100;
const SYMBOLIC = 4;

/**
 * Writes the objects of a composite font (ISO 32000-1, 9.7) with just the glyphs in use, as `id`. `tag` are six capital letters that
 * tell subsets of one font apart.
 */
export function writeFont(
  writer: ObjectWriter,
  id: number,
  font: Font,
  characters: readonly FontCharacter[],
  tag: string,
): void {
  const name = `${tag}+${font.postscriptName}`;
  const [descendant, descriptor, program, map, unicode] = Array.from({ length: 5 }, () => writer.reserve());
  const subset = font.createSubset() as unknown as GlyphSubset;
  const glyphs = new Map(characters.map(({ glyph }) => [glyph, subset.includeGlyph(glyph)]));
  const bytes = Buffer.from(subset.encode());
  const ref = (to: number | undefined): string => `${String(to)} 0 R`;
  writer.stream(program ?? 0, `${FLATE}/Length1 ${String(bytes.length)}`, deflateSync(bytes));
  writer.stream(map ?? 0, FLATE, deflateSync(glyphMap(characters, glyphs)));
  writer.stream(unicode ?? 0, FLATE, deflateSync(Buffer.from(unicodeMap(characters))));
  writer.object(descriptor ?? 0, descriptorOf(font, name, ref(program)));
  writer.object(
    descendant ?? 0,
    `<</Type/Font/Subtype/CIDFontType2/BaseFont/${name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>` +
      `/FontDescriptor ${ref(descriptor)}/DW 0/W[${widths(characters)}]/CIDToGIDMap ${ref(map)}>>`,
  );
  writer.object(
    id,
    `<</Type/Font/Subtype/Type0/BaseFont/${name}/Encoding/Identity-H/DescendantFonts[${ref(descendant)}]/ToUnicode ${ref(unicode)}>>`,
  );
}

function descriptorOf(font: Font, name: string, program: string): string {
  const scaled = (value: number): string => String(Math.round((value * 1_000) / font.unitsPerEm));
  const { minX, minY, maxX, maxY } = font.bbox;
  const capHeight = font.capHeight || font.ascent;
  return (
    `<</Type/FontDescriptor/FontName/${name}/Flags ${String(SYMBOLIC)}/FontBBox[${[minX, minY, maxX, maxY].map(scaled).join(' ')}]` +
    `/ItalicAngle ${String(font.italicAngle)}/Ascent ${scaled(font.ascent)}/Descent ${scaled(font.descent)}` +
    `/CapHeight ${scaled(capHeight)}/StemV 80/FontFile2 ${program}>>`
  );
}

/** For each CID from 0 on, two bytes with the glyph's number in the subset. */
function glyphMap(characters: readonly FontCharacter[], glyphs: ReadonlyMap<number, number>): Buffer {
  const map = Buffer.alloc(2 * ((characters.at(-1)?.cid ?? 0) + 1));
  for (const { cid, glyph } of characters) map.writeUInt16BE(glyphs.get(glyph) ?? 0, 2 * cid);
  return map;
}

const widths = (characters: readonly FontCharacter[]): string =>
  characters.map(({ cid, width }) => `${String(cid)}[${String(width)}]`).join('');

/** What a reader copies and searches: a CMap from CIDs to UTF-16 (ISO 32000-1, 9.10.3). */
function unicodeMap(characters: readonly FontCharacter[]): string {
  const lines = characters.map(
    ({ cid, text }) => `<${hex(cid)}> <${[...units(text)].map((unit) => hex(unit)).join('')}>`,
  );
  const blocks: string[] = [];
  for (let at = 0; at < lines.length; at += BLOCK) {
    const block = lines.slice(at, at + BLOCK);
    blocks.push(`${String(block.length)} beginbfchar\n${block.join('\n')}\nendbfchar`);
  }
  return [
    '/CIDInit /ProcSet findresource begin',
    '12 dict begin',
    'begincmap',
    '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def',
    '/CMapName /Adobe-Identity-UCS def',
    '/CMapType 2 def',
    '1 begincodespacerange\n<0000> <ffff>\nendcodespacerange',
    ...blocks,
    'endcmap',
    'CMapName currentdict /CMap defineresource pop',
    'end\nend',
  ].join('\n');
}

const hex = (value: number): string => value.toString(16).padStart(4, '0');

function* units(text: string): Generator<number> {
  for (let at = 0; at < text.length; at++) yield text.charCodeAt(at);
}
