import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { ObjectInventory, ObjectStore, StagedObject } from '../src/index.js';

/** A store to test; `leftovers` lists whatever it still keeps of files that were never published. */
export interface StoreUnderTest {
  readonly store: ObjectStore & ObjectInventory;
  leftovers(): Promise<readonly string[]>;
  /** Whether an upload has begun, where the store is told of it before it has any part. */
  readonly hasBegun?: () => boolean;
}

const CHUNK = 65_536;
const SIZES = [0, 1, 1_000, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17];
/** Two full parts of a remote store and some more. */
const LARGE = (16 << 20) + 17;
const never = new AbortController().signal;

/** What every adapter of the ObjectStore port keeps to. */
export function describeObjectStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} as an object store`, () => {
    let store: ObjectStore & ObjectInventory;
    let leftovers: StoreUnderTest['leftovers'];
    let hasBegun: StoreUnderTest['hasBegun'];
    let files = 0;
    const nextKey = (): string => `CA/job-${String(++files)}/1/rows.csv`;

    beforeAll(async () => {
      ({ store, leftovers, hasBegun } = await open());
    });

    const put = async (key: string, bytes: Buffer): Promise<void> => {
      await (await store.stage(key, Readable.from(pieces(bytes)), never)).publish();
    };

    const stageText = (key: string, text: string): Promise<StagedObject> =>
      store.stage(key, Readable.from([Buffer.from(text)]), never);

    it.each([...SIZES, LARGE])('gives back %i bytes as they were written', async (size) => {
      const [key, bytes] = [nextKey(), randomBytes(size)];
      const staged = await store.stage(key, Readable.from(pieces(bytes)), never);
      expect(staged).toMatchObject({ key, bytes: size, sha256: sha256(bytes) });
      await staged.publish();
      expect(sha256(await buffer(await store.read(key)))).toBe(sha256(bytes));
    });

    it('shows nothing before publish, and nothing after discard', async () => {
      const key = nextKey();
      const staged = await store.stage(key, Readable.from([Buffer.from('a')]), never);
      await expect(store.read(key)).rejects.toMatchObject({ code: 'export-not-found' });
      await staged.discard();
      await expect(store.read(key)).rejects.toMatchObject({ code: 'export-not-found' });
      await expect(staged.publish()).rejects.toThrow();
      expect(await leftovers()).toEqual([]);
    });

    it('keeps a published file when it is discarded afterwards', async () => {
      const key = nextKey();
      const staged = await store.stage(key, Readable.from([Buffer.from('a')]), never);
      await staged.publish();
      await staged.discard();
      expect((await buffer(await store.read(key))).toString()).toBe('a');
    });

    it('leaves nothing when the source fails, and tells its error', async () => {
      const key = nextKey();
      const fault = new Error('engine stopped');
      await expect(store.stage(key, failing(fault), never)).rejects.toBe(fault);
      await expect(store.read(key)).rejects.toMatchObject({ code: 'export-not-found' });
      expect(await leftovers()).toEqual([]);
    });

    it('leaves nothing when the source had failed before', async () => {
      const source = new Readable({ read: () => undefined });
      const staging = store.stage(nextKey(), source, never);
      source.destroy(new Error('too early'));
      await expect(staging).rejects.toThrow('too early');
      expect(await leftovers()).toEqual([]);
    });

    it('takes a source that was closed before its end for a fault', async () => {
      const source = new Readable({ read: () => undefined });
      source.push('half');
      const staging = store.stage(nextKey(), source, never);
      setTimeout(() => source.destroy(), 20);
      await expect(staging).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
      expect(await leftovers()).toEqual([]);
    });

    it.each(['at once', 'under way'])(
      'leaves nothing and destroys the source when aborted %s',
      async (when) => {
        const source = new Readable({ read: () => undefined });
        source.push(randomBytes(2 * CHUNK));
        const abort = new AbortController();
        if (when === 'at once') abort.abort();
        const staging = expect(store.stage(nextKey(), source, abort.signal)).rejects.toThrow(/abort/);
        // An upload whose beginning is broken off may be there without anybody knowing it: the store's reaper finds it.
        while (when !== 'at once' && hasBegun?.() === false) await sleep(5);
        await sleep(50);
        abort.abort();
        await staging;
        expect(source.destroyed).toBe(true);
        expect(await leftovers()).toEqual([]);
      },
    );

    it('reads ranges, and cuts their end to the file', async () => {
      const [key, bytes] = [nextKey(), randomBytes(3 * CHUNK + 17)];
      await put(key, bytes);
      const starts = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK, 3 * CHUNK + 16];
      for (const start of starts) {
        for (const end of [start, start + 1, start + CHUNK - 1, start + CHUNK, 3 * CHUNK + 16, 9 * CHUNK]) {
          const read = await buffer(await store.read(key, { start, end }));
          expect(read.equals(bytes.subarray(start, end + 1))).toBe(true);
        }
      }
    });

    it.each([
      [5, 6],
      [-1, 2],
      [3, 2],
      [0, Number.NaN],
    ])('refuses the range %i to %i of five bytes', async (start, end) => {
      const key = nextKey();
      await put(key, Buffer.from('12345'));
      await expect(store.read(key, { start, end })).rejects.toMatchObject({ code: 'range-not-satisfiable' });
    });

    it('has no range in an empty file', async () => {
      const key = nextKey();
      await put(key, Buffer.alloc(0));
      await expect(store.read(key, { start: 0, end: 0 })).rejects.toMatchObject({
        code: 'range-not-satisfiable',
      });
    });

    it('publishes a key once, and keeps what was there first', async () => {
      const key = nextKey();
      const [first, second] = [await stageText(key, 'first'), await stageText(key, 'second')];
      await first.publish();
      await expect(second.publish()).rejects.toMatchObject({ code: expect.any(String) as unknown });
      await second.discard();
      expect((await buffer(await store.read(key))).toString()).toBe('first');
      expect(await leftovers()).toEqual([]);
    });

    it('stages many files at once without mixing them', async () => {
      const keys = Array.from({ length: 8 }, nextKey);
      const staged = await Promise.all(keys.map((key) => stageText(key, key)));
      await Promise.all(staged.map((file) => file.publish()));
      for (const key of keys) expect((await buffer(await store.read(key))).toString()).toBe(key);
    });

    it('lists what is published in a folder, with bytes and age, and nothing else', async () => {
      const keys = ['CA/listed/1/a.csv', 'CA/listed/1/a.csv.manifest.json', 'CA/listed/2/a.csv'];
      for (const key of keys) await put(key, Buffer.from(key));
      await put('CA/listed-not/1/a.csv', Buffer.from('x'));
      const hidden = await stageText('CA/listed/3/a.csv', 'x');
      const { objects, next } = await store.list('CA/listed', null);
      expect(next).toBeNull();
      expect(objects.map(({ key, bytes }) => [key, bytes])).toEqual(keys.map((key) => [key, key.length]));
      for (const { modifiedAt } of objects) {
        expect(Math.abs(Date.now() - modifiedAt.getTime())).toBeLessThan(60_000);
      }
      await hidden.discard();
      for (const { key } of objects) await store.delete(key);
      expect(await store.list('CA/listed', null)).toEqual({ objects: [], next: null });
      await expect(store.list('../CA', null)).rejects.toThrow(RangeError);
    });

    it('removes what was staged and left, once it is old enough', async () => {
      await stageText(nextKey(), 'left');
      expect(await store.removeStaged(60_000)).toBe(0);
      expect(await store.removeStaged(0)).toBe(1);
      expect(await leftovers()).toEqual([]);
    });

    it('removes it too when two do so at once', async () => {
      for (let i = 0; i < 5; i++) await stageText(nextKey(), 'left');
      await Promise.all([store.removeStaged(0), store.removeStaged(0)]);
      expect(await leftovers()).toEqual([]);
    });

    it('deletes, and does not mind deleting again', async () => {
      const [gone, kept] = ['CA/pair/1/a.csv', 'CA/pair/1/b.csv'];
      await put(gone, Buffer.from('a'));
      await put(kept, Buffer.from('b'));
      await store.delete(gone);
      await store.delete(gone);
      await expect(store.read(gone)).rejects.toMatchObject({ code: 'export-not-found' });
      expect((await buffer(await store.read(kept))).toString()).toBe('b');
    });

    it.each([
      '',
      '/',
      '../x',
      'a/../b',
      'a//b',
      'a/./b',
      '/etc/passwd',
      'a\\b',
      'a/b\0',
      'a/.b',
      'C:/x',
      'a/',
      'ä',
    ])('refuses the key %j', async (key) => {
      const source = Readable.from([Buffer.from('a')]);
      await expect(store.stage(key, source, never)).rejects.toThrow(RangeError);
      await expect(store.read(key)).rejects.toThrow(RangeError);
      await expect(store.delete(key)).rejects.toThrow(RangeError);
      expect(source.destroyed).toBe(true);
    });
  });
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Cuts bytes where no chunk ends. */
function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 50_021) yield bytes.subarray(at, at + 50_021);
}

function failing(fault: Error): Readable {
  return Readable.from(
    (function* () {
      yield randomBytes(3 * CHUNK);
      throw fault;
    })(),
  );
}
