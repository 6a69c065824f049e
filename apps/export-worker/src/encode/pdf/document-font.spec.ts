import type { Font } from 'fontkit';
import { DocumentFont } from './document-font.js';

/** A font of 2,000 units with capital letters, a blank and U+FFFD; each glyph's number is its code point, and it is as wide as that. */
function font(): DocumentFont {
  const glyphs = /[A-Zא \ufffd]/;
  return new DocumentFont('F', {
    unitsPerEm: 2_000,
    hasGlyphForCodePoint: (codePoint: number) => glyphs.test(String.fromCodePoint(codePoint)),
    glyphForCodePoint: (id: number) => ({ id, advanceWidth: id }),
  } as unknown as Font);
}

const REPLACEMENT_WIDTH = Math.round(0xfffd / 2);

describe('DocumentFont', () => {
  it('numbers each character once, with its width for a font of 1,000 units', () => {
    const used = font();
    const [a, b] = [used.cid(0x41), used.cid(0x42)];
    expect(used.cid(0x41)).toBe(a);
    expect(a).not.toBe(b);
    expect(used.cidOf[0x41]).toBe(a);
    expect(used.widthOfText('AB')).toBe(Math.round(0x41 / 2) + Math.round(0x42 / 2));
    expect(used.missing.size).toBe(0);
  });

  it('shows what it lacks as a replacement that keeps its own text', () => {
    const used = font();
    expect(used.widthOfText('日😀日')).toBe(3 * REPLACEMENT_WIDTH);
    expect([...used.missing]).toEqual(['日', '😀']);
    expect(used.characters.map(({ text }) => text)).toEqual(['\ufffd', '日', '😀']);
    expect(new Set(used.characters.map(({ glyph }) => glyph))).toEqual(new Set([0xfffd]));
  });

  it('gives no width to what cannot be seen, and four blanks to a tab', () => {
    const used = font();
    expect(used.widthOfText('\u200d\ufe0f\r')).toBe(0);
    expect(used.widthOfText('\t')).toBe(4 * 0x10);
  });

  it('keeps what runs from right to left out of the table for plain texts', () => {
    const used = font();
    expect(used.widthOfText('א')).toBe(0x5d0 / 2);
    expect(used.cidOf[0x5d0]).toBe(0);
  });

  it('has room for 63,000 characters, and shows all others as U+FFFD', () => {
    const used = font();
    for (let codePoint = 0x10000; codePoint < 0x20000; codePoint++) used.cid(codePoint);
    expect(used.characters).toHaveLength(251 * 251 - 1);
    expect(used.cid(0x20000)).toBe(used.cid(0xfffd));
  });
});
