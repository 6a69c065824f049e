import fc from 'fast-check';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32, gunzipSync, inflateRawSync } from 'node:zlib';
import { compress } from './compress.js';

const about = { innerName: 'flüge.csv', modified: new Date('2024-03-09T17:45:31Z') };
const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 12 });
const sourceOf = (parts: readonly Uint8Array[]): Readable =>
  Readable.from(
    parts.map((part) => Buffer.from(part)),
    { objectMode: false },
  );

describe('compress', () => {
  it('leaves a file as it is where nothing is asked', () => {
    const source = sourceOf([]);
    expect(compress(source, null, about)).toBe(source);
  });

  it('makes a gzip file that gives the bytes back', async () => {
    await fc.assert(
      fc.asyncProperty(pieces, async (parts) => {
        const file = await buffer(compress(sourceOf(parts), 'gzip', about));
        expect(gunzipSync(file)).toEqual(Buffer.concat(parts));
      }),
    );
  });

  it('makes an archive whose records tell of the bytes that are in it', async () => {
    await fc.assert(
      fc.asyncProperty(pieces, async (parts) => {
        const clear = Buffer.concat(parts);
        const file = await buffer(compress(sourceOf(parts), 'zip', about));
        const end = file.subarray(-22);
        const list = file.subarray(end.readUInt32LE(16), -22);
        expect(list.length).toBe(end.readUInt32LE(12));
        const [crc, deflated, size] = [16, 20, 24].map((at) => list.readUInt32LE(at)) as [
          number,
          number,
          number,
        ];
        const name = Buffer.from(about.innerName);
        expect([crc, size]).toEqual([crc32(clear), clear.length]);
        expect([list.subarray(46, 46 + name.length), file.subarray(30, 30 + name.length)]).toEqual([
          name,
          name,
        ]);
        const from = 30 + name.length;
        expect(inflateRawSync(file.subarray(from, from + deflated))).toEqual(clear);
        const descriptor = [0x08074b50, crc, deflated, size];
        expect([0, 4, 8, 12].map((at) => file.readUInt32LE(from + deflated + at))).toEqual(descriptor);
        expect(from + deflated + 16).toBe(end.readUInt32LE(16));
      }),
    );
  });

  it.each(['gzip', 'zip'] as const)('ends %s with the fault of its source', async (compression) => {
    const source = Readable.from(
      (function* () {
        yield Buffer.alloc(200_000, 'rows');
        throw new Error('the engine broke off');
      })(),
      { objectMode: false },
    );
    await expect(buffer(compress(source, compression, about))).rejects.toThrow('the engine broke off');
  });

  it.each(['gzip', 'zip'] as const)(
    'lets go of its source when nobody reads %s any more',
    async (compression) => {
      const source = new Readable({ read: () => undefined });
      const file = compress(source, compression, about);
      file.on('error', () => undefined);
      file.destroy(new Error('the store is full'));
      await new Promise((resolve) => source.once('close', resolve));
      expect(source.destroyed).toBe(true);
    },
  );
});
