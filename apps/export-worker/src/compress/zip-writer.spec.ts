import fc from 'fast-check';
import { buffer } from 'node:stream/consumers';
import { crc32, inflateRawSync } from 'node:zlib';
import { ZipEntry, zipFile } from './zip-writer.js';

const modified = new Date('2024-03-01T00:00:00Z');
const deflate = { level: 1, parallel: 2, blockBytes: 100 };

async function* streamOf(pieces: readonly Uint8Array[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) yield Promise.resolve(Buffer.from(piece));
}

/** Reads by the central directory, as readers do, and checks that what stands at the entries agrees with it. */
function read(file: Buffer): ReadonlyMap<string, Buffer> {
  const end = file.subarray(-22);
  expect(end.readUInt32LE(0)).toBe(0x06054b50);
  const found = new Map<string, Buffer>();
  let at = end.readUInt32LE(16);
  for (let left = end.readUInt16LE(10); left > 0; left--) {
    const [flags, crc, packed, size] = [file.readUInt16LE(at + 8), ...sizesAt(file, at + 16)];
    const [nameBytes, extraBytes, offset] = [
      file.readUInt16LE(at + 28),
      file.readUInt16LE(at + 30),
      file.readUInt32LE(at + 42),
    ];
    const name = file.subarray(at + 46, at + 46 + nameBytes).toString();
    const start = offset + 30 + file.readUInt16LE(offset + 26) + file.readUInt16LE(offset + 28);
    expect(file.subarray(offset + 30, offset + 30 + nameBytes).toString()).toBe(name);
    const isStreamed = (flags & 8) !== 0;
    expect(sizesAt(file, isStreamed ? start + packed + 4 : offset + 14)).toEqual([crc, packed, size]);
    const content = inflateRawSync(file.subarray(start, start + packed));
    expect([content.length, crc32(content)]).toEqual([size, crc]);
    found.set(name, content);
    at += 46 + nameBytes + extraBytes;
  }
  expect(at).toBe(file.length - 22);
  return found;
}

const sizesAt = (file: Buffer, at: number): [number, number, number] => [
  file.readUInt32LE(at),
  file.readUInt32LE(at + 4),
  file.readUInt32LE(at + 8),
];

describe('a ZIP file', () => {
  it('gives back any entries, streamed in any pieces or whole', async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 });
    const entries = fc.uniqueArray(
      fc.record({ name: fc.stringMatching(/^[a-zäß日]{1,6}(\/[a-z]{1,3})?$/), pieces, whole: fc.boolean() }),
      { selector: ({ name }) => name, maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(entries, async (given) => {
        const file = zipFile(
          given.map(({ name, pieces, whole }) => ({
            name,
            content: whole ? Buffer.concat(pieces) : streamOf(pieces),
          })),
          { modified, deflate },
        );
        const found = read(await buffer(file));
        expect([...found]).toEqual(given.map(({ name, pieces }) => [name, Buffer.concat(pieces)]));
      }),
      { numRuns: 100 },
    );
  });

  it('takes an entry only once the one before is written', async () => {
    const log: string[] = [];
    async function* entries(): AsyncGenerator<ZipEntry> {
      for (const name of ['a', 'b']) {
        log.push(`entry ${name}`);
        const content = (async function* () {
          yield Promise.resolve(Buffer.from(name));
          log.push(`end of ${name}`);
        })();
        yield Promise.resolve({ name, content });
      }
    }
    await buffer(zipFile(entries(), { modified }));
    expect(log).toEqual(['entry a', 'end of a', 'entry b', 'end of b']);
  });

  it('reads a source no further than its reader wants, and lets go of it when the reader leaves', async () => {
    let [read, closed] = [0, false];
    async function* endless(): AsyncGenerator<Buffer> {
      try {
        for (;;) {
          read += 100;
          yield Promise.resolve(Buffer.alloc(100, read));
        }
      } finally {
        closed = true;
      }
    }
    const file = zipFile([{ name: 'a', content: endless() }], { modified, deflate });
    for (let parts = 0; parts < 10; parts++) await file.next();
    // The header, nine blocks, and one more that is deflated beside them.
    expect(read).toBeLessThanOrEqual(1_100);
    await file.return();
    expect(closed).toBe(true);
  });

  it('fails with the error of a source', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield Promise.resolve(Buffer.alloc(250));
      throw new Error('The source broke.');
    }
    const file = zipFile([{ name: 'a', content: broken() }], { modified, deflate });
    await expect(buffer(file)).rejects.toThrow('The source broke.');
  });

  it.each(['', '/a', 'a//b', '../a', 'a/./b', 'a\\b', 'a\0', 'ä'.repeat(40_000)])(
    'refuses a name that is no relative path: %.10j',
    async (name) => {
      const file = zipFile([{ name, content: Buffer.alloc(0) }], { modified });
      await expect(buffer(file)).rejects.toThrow(RangeError);
    },
  );

  it('refuses two entries of one name', async () => {
    const twice = [1, 2].map((byte) => ({ name: 'a', content: Buffer.from([byte]) }));
    await expect(buffer(zipFile(twice, { modified }))).rejects.toThrow('Two ZIP entries are called "a".');
  });
});
