import type { Font } from 'fontkit';
import { nextCid } from './cid-numbers.js';
import { FontCharacter } from './font-objects.js';

/** What is drawn for a character that the font lacks. */
const REPLACEMENT = 0xfffd;
const SPACE = 0x20;
const TAB = 0x09;
/** Spaces that a tab is as wide as. */
const TAB_WIDTH = 4;
/** Characters that only steer how others look: no width, nothing drawn. */
const INVISIBLE = /[\r\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\u{e0000}-\u{e0fff}]/u;
/** Characters of scripts that run from right to left, and what steers direction: a text with one of them has to be put in order first. */
const DIRECTED = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff]/u;
const THOUSAND = 1_000;

/**
 * A font as one document uses it. Each character gets a number (CID) when it is first met; which glyph, width and text belong to it is written
 * with the font program at the end, when it is known what was used. A character that the font lacks gets a number too: it looks
 * like U+FFFD, but copied or searched it is itself.
 */
export class DocumentFont {
  /** CID of each 16-bit code unit that is known already and can be drawn where it stands in a text; 0 for all others. */
  readonly cidOf = new Uint16Array(1 << 16);
  /** Width of each CID in thousandths of the font size. */
  readonly widthOf = new Uint16Array(1 << 16);
  /** In the order of their numbers. */
  readonly characters: FontCharacter[] = [];
  /** What was met that the font lacks. */
  readonly missing = new Set<string>();
  private readonly known = new Map<string, number>();
  private last = 0;

  /** @param name how content streams call it */
  constructor(
    readonly name: string,
    readonly font: Font,
  ) {
    this.cid(REPLACEMENT);
  }

  /** CID of a code point. */
  cid(codePoint: number): number {
    const text = String.fromCodePoint(codePoint);
    const cid = this.known.get(text) ?? this.addCodePoint(codePoint, text);
    if (codePoint <= 0xffff && !DIRECTED.test(text)) this.cidOf[codePoint] = cid;
    return cid;
  }

  /** CID of a glyph that stands for `text`, as shaping gives it. */
  cidOfGlyph(glyph: number, width: number, text: string): number {
    const key = `${String(glyph)}:${text}`;
    return this.known.get(key) ?? this.add(key, { glyph, width: this.scaled(width), text });
  }

  /** Width of a text in thousandths of the font size, each character by itself. */
  widthOfText(text: string): number {
    let width = 0;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      let cid = this.cidOf[unit] ?? 0;
      if (cid === 0) {
        const codePoint = text.codePointAt(at) ?? unit;
        cid = this.cid(codePoint);
        if (codePoint > 0xffff) at += 1;
      }
      width += this.widthOf[cid] ?? 0;
    }
    return width;
  }

  private addCodePoint(codePoint: number, text: string): number {
    const space = this.glyph(SPACE);
    if (INVISIBLE.test(text)) return this.add(text, { glyph: space.id, width: 0, text });
    if (codePoint === TAB) {
      return this.add(text, { glyph: space.id, width: this.scaled(TAB_WIDTH * space.advanceWidth), text });
    }
    const lacks = !this.font.hasGlyphForCodePoint(codePoint);
    if (lacks) this.missing.add(text);
    const { id, advanceWidth } = this.glyph(lacks ? REPLACEMENT : codePoint);
    return this.add(text, { glyph: id, width: this.scaled(advanceWidth), text });
  }

  private glyph(codePoint: number): { readonly id: number; readonly advanceWidth: number } {
    return this.font.glyphForCodePoint(codePoint);
  }

  private scaled(width: number): number {
    return Math.round((width * THOUSAND) / this.font.unitsPerEm);
  }

  private add(key: string, character: Omit<FontCharacter, 'cid'>): number {
    // A table with more different characters than a font can number shows the rest as U+FFFD, which the constructor added.
    const cid = nextCid(this.last);
    if (cid === null) return this.cid(REPLACEMENT);
    this.last = cid;
    this.known.set(key, cid);
    this.widthOf[cid] = character.width;
    this.characters.push({ cid, ...character });
    return cid;
  }
}
