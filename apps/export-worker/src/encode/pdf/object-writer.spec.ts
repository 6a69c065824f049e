import fc from 'fast-check';
import { ObjectWriter } from './object-writer.js';

function written(write: (writer: ObjectWriter) => void, maxBytes = 1 << 20): Buffer {
  const pieces: Buffer[] = [];
  write(new ObjectWriter({ write: (bytes) => pieces.push(bytes), maxBytes }));
  return Buffer.concat(pieces);
}

/** Follows the file from its end, as a reader does: the offset of each object by its number. */
function offsetsOf(file: Buffer): readonly number[] {
  const text = file.toString('latin1');
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(text)?.[1]);
  const table = text.slice(start);
  const size = Number(/^xref\n0 (\d+)\n/.exec(table)?.[1]);
  const entries = [...table.matchAll(/^(\d{10}) (\d{5}) ([nf]) $/gm)];
  expect(entries).toHaveLength(size);
  expect(entries[0]?.slice(1)).toEqual(['0000000000', '65535', 'f']);
  return entries.map(([, offset]) => Number(offset));
}

describe('ObjectWriter', () => {
  it('tells where each object stands, in whatever order they were written', () => {
    const objects = fc.uniqueArray(fc.nat({ max: 2_500 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(objects, fc.uint8Array({ maxLength: 50 }), (order, bytes) => {
        const ids: number[] = [];
        const file = written((writer) => {
          order.forEach(() => ids.push(writer.reserve()));
          const sorted = ids
            .map((id, at) => ({ id, at }))
            .sort((a, b) => (order[a.at] ?? 0) - (order[b.at] ?? 0));
          for (const { id, at } of sorted) {
            if (at % 2 === 0) writer.object(id, `<</N ${String(id)}>>`);
            else writer.stream(id, `/N ${String(id)}`, Buffer.from(bytes));
          }
          writer.finish(1, 1, 'ab');
        });
        const offsets = offsetsOf(file);
        for (const id of ids) {
          const head = file.toString('latin1', offsets[id], (offsets[id] ?? 0) + 40);
          expect(head).toMatch(new RegExp(`^${String(id)} 0 obj\\n<</N ${String(id)}[>/]`));
        }
      }),
    );
  });

  it('keeps the bytes of a stream as they are', () => {
    const bytes = Buffer.from([0, 10, 13, 255, 40]);
    const file = written((writer) => {
      writer.stream(writer.reserve(), '', bytes);
      writer.finish(1, 1, 'ab');
    });
    const at = file.indexOf('stream\n') + 7;
    expect(file.subarray(at, at + bytes.length)).toEqual(bytes);
    expect(file.toString('latin1')).toContain('<</Length 5>>');
  });

  it('refuses a table with a hole, and an object written twice', () => {
    expect(() => written((writer) => writer.finish(writer.reserve(), 1, 'ab'))).toThrow('never written');
    expect(() =>
      written((writer) => {
        const id = writer.reserve();
        writer.object(id, '<<>>');
        writer.object(id, '<<>>');
      }),
    ).toThrow('cannot be written');
  });

  it('never gives away more bytes than the file may have, and says so', () => {
    let bytes = 0;
    const write = (piece: Buffer): void => void (bytes += piece.length);
    const writer = new ObjectWriter({ write, maxBytes: 1_000 });
    const fill = (): void => {
      for (;;) writer.stream(writer.reserve(), '', Buffer.alloc(100));
    };
    expect(fill).toThrow(
      expect.objectContaining({
        code: 'file-too-large',
        details: { limit: { name: 'pdfBytes', value: 1_000 } },
      }),
    );
    expect(bytes).toBeGreaterThan(800);
    expect(bytes).toBeLessThanOrEqual(1_000);
  });
});
