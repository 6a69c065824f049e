import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { Part, PartCutter } from './part-cutter.js';

function cutAll(cutter: PartCutter, pieces: readonly Uint8Array[]) {
  const parts: Part[] = pieces.flatMap((piece) => [...cutter.push(piece)]);
  const { last, ...whole } = cutter.finish();
  return { parts: last === null ? parts : [...parts, last], whole };
}

describe('PartCutter', () => {
  it('loses no byte, however they come, and fills every part but the last', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 });
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 20 }), (given, size) => {
        const bytes = Buffer.concat(given);
        const { parts, whole } = cutAll(new PartCutter((index) => size + index), given);
        expect(Buffer.concat(parts.map((part) => part.bytes)).equals(bytes)).toBe(true);
        expect(parts.map(({ index }) => index)).toEqual(parts.map((_, index) => index));
        expect(parts.slice(0, -1).every((part) => part.bytes.length === size + part.index)).toBe(true);
        expect(parts.length === 1 || parts.every((part) => part.bytes.length > 0)).toBe(true);
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        expect(whole).toEqual({ bytes: bytes.length, sha256 });
      }),
    );
  });

  it('refuses a file that needs more parts than there can be', () => {
    const cutter = new PartCutter((index) => (index < 2 ? 4 : undefined));
    expect([...cutter.push(Buffer.alloc(8))]).toHaveLength(2);
    expect(() => [...cutter.push(Buffer.alloc(1))]).toThrow('larger than the object store takes');
  });
});
