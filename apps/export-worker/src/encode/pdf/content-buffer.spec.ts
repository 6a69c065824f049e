import fc from 'fast-check';
import { nextCid } from './cid-numbers.js';
import { ContentBuffer } from './content-buffer.js';

describe('ContentBuffer', () => {
  it('writes any number of hundredths as the decimal that it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000_000, max: 100_000_000 }), (value) => {
        const text = new ContentBuffer().hundredths(value).take().toString();
        expect(text).toMatch(/^-?\d+(\.\d{1,2})? $/);
        expect(text.trim()).toBe(String(value / 100));
      }),
    );
  });

  it('maps a text, or writes nothing where one of its characters is not known', () => {
    const table = new Uint16Array(1 << 16);
    table[0x61] = 0x0102;
    const buffer = new ContentBuffer();
    expect(buffer.mapped('aa', table)).toBe(true);
    expect(buffer.mapped('ab', table)).toBe(false);
    expect(buffer.pairs([0x0304]).take()).toEqual(Buffer.from([1, 2, 1, 2, 3, 4]));
    expect(buffer.take()).toHaveLength(0);
  });

  it('grows past its first size', () => {
    const buffer = new ContentBuffer();
    for (let i = 0; i < 30_000; i++) buffer.write('0123456789');
    expect(buffer.take().toString()).toBe('0123456789'.repeat(30_000));
  });
});

describe('numbers of characters', () => {
  it('need no escape within a literal string, and come to an end', () => {
    const cids: number[] = [];
    for (let cid = nextCid(0); cid !== null; cid = nextCid(cid)) cids.push(cid);
    expect(cids).toHaveLength(251 * 251 - 1);
    const bytes = new Set(cids.flatMap((cid) => [cid >> 8, cid & 0xff]));
    for (const special of '()\\\r\n') expect(bytes.has(special.charCodeAt(0))).toBe(false);
  });
});
