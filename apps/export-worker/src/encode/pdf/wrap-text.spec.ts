import fc from 'fast-check';
import { cutLine, wrapText } from './wrap-text.js';

const measure = (text: string): number => [...text].length;
const wrap = (text: string, width: number, maxLines = 9) =>
  wrapText(text.split('\n'), width, maxLines, measure);

describe('wrapping', () => {
  it('ends lines at blanks and signs, and at the text’s own line breaks', () => {
    expect(wrap('one two three', 8).lines).toEqual(['one two', 'three']);
    expect(wrap('one-two-three', 8).lines).toEqual(['one-two-', 'three']);
    expect(wrap('one\n\ntwo', 8).lines).toEqual(['one', '', 'two']);
  });

  it('breaks a word that is longer than a line, but no character', () => {
    expect(wrap('abcdefgh', 3).lines).toEqual(['abc', 'def', 'gh']);
    expect(wrap('😀😀😀', 2).lines).toEqual(['😀😀', '😀']);
    expect(wrap('wide', 0).lines).toEqual(['w', 'i', 'd', 'e']);
  });

  it('ends a text that goes on in an ellipsis', () => {
    expect(wrap('one two three four', 5, 2)).toEqual({ lines: ['one', 'two…'], isCut: true });
    expect(wrap('abcdefgh', 4, 1)).toEqual({ lines: ['abc…'], isCut: true });
    expect(wrap('abcd', 4, 1)).toEqual({ lines: ['abcd'], isCut: false });
    expect(cutLine('ab', 1, measure)).toBe('…');
  });

  it('loses nothing of any text but blanks, and keeps to the width', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '-', '\n', '日', '😀'), maxLength: 60 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 12 }), (value, width) => {
        const { lines, isCut } = wrap(value, width, 100);
        expect(isCut).toBe(false);
        expect(lines.join('').replaceAll(' ', '')).toBe(value.replaceAll(/[ \n]/g, ''));
        for (const line of lines) expect(measure(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});
