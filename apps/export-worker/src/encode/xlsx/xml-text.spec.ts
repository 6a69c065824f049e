import fc from 'fast-check';
import { textCell, xmlText } from './xml-text.js';

/** As a reader does it: entities first, then escaped characters, from the left. */
function read(xml: string): string {
  const text = xml.replace(
    /&(amp|lt|gt|quot);/g,
    (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? '',
  );
  return text.replace(/_x([0-9A-F]{4})_/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

const unit = fc.constantFrom(
  '_',
  'x',
  'X',
  '0',
  '4',
  '1',
  'F',
  '&',
  '<',
  '>',
  '"',
  ';',
  '\0',
  '\r',
  '\n',
  '\t',
  '\uFFFE',
  '\uD83D',
  '\uDE00',
  'ä',
);

describe('a text in XML', () => {
  it('is read back as it was, whatever is in it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit, maxLength: 30 }), fc.string({ unit: 'binary' })), (text) => {
        const xml = xmlText(text);
        expect(read(xml)).toBe(text);
        expect(xml.isWellFormed()).toBe(true);
        expect(xml).not.toMatch(/[\0-\x08\x0B-\x1F\uFFFE\uFFFF<>"]/);
      }),
      { numRuns: 5_000 },
    );
  });

  it('looks escaped only where it would be taken for it', () => {
    expect(xmlText('a_xb _x0041_ _x41_')).toBe('a_xb _x005F_x0041_ _x41_');
  });

  it('is cut, and says so, where a cell cannot hold it', () => {
    expect(textCell('A1', 'a'.repeat(32_767), 0)).toContain(`>${'a'.repeat(32_767)}</t>`);
    expect(textCell('A1', 'a'.repeat(32_768), 0)).toContain('a… [cut: 32768 characters]</t>');
  });
});
