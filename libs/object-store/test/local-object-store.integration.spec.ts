import { randomBytes } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { exportKey, LocalObjectStore } from '../src/index.js';
import { describeObjectStore, sha256 } from './describe-object-store.js';

const CHUNK = 65_536;
const SEALED = CHUNK + 16;
const HEADER = 55;
const never = new AbortController().signal;
const masterKey = randomBytes(32);
let folder: string;

const open = (key = masterKey, staleAfterMs?: number): Promise<LocalObjectStore> =>
  LocalObjectStore.open({ folder, key, ...(staleAfterMs === undefined ? {} : { staleAfterMs }) });
const staged = (): Promise<string[]> => readdir(path.join(folder, 'staging'));

beforeAll(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'sluice-store-')), 'exports');
});

afterAll(async () => {
  await rm(path.dirname(folder), { recursive: true, force: true });
});

describeObjectStore('LocalObjectStore', async () => ({ store: await open(), leftovers: staged }));

describe('the files of LocalObjectStore', () => {
  const key = exportKey({ tenant: 'CA', jobId: 'sealed', attempt: 1, name: 'rows.csv' });
  const clear = randomBytes(3 * CHUNK + 500);
  let store: LocalObjectStore;
  let file: string;
  let sealed: Buffer;

  beforeAll(async () => {
    store = await open();
    await (await store.stage(key, Readable.from([clear]), never)).publish();
    file = path.join(folder, 'objects', key);
    sealed = await readFile(file);
  });

  afterEach(() => writeFile(file, sealed));

  /** Reads what is left of the file; tells what came through before it was refused. */
  const readTampered = async (bytes: Buffer): Promise<{ delivered: Buffer; code: unknown }> => {
    await writeFile(file, bytes);
    const parts: Buffer[] = [];
    try {
      for await (const part of await store.read(key)) parts.push(part as Buffer);
    } catch (error) {
      return { delivered: Buffer.concat(parts), code: (error as { code: unknown }).code };
    }
    return { delivered: Buffer.concat(parts), code: null };
  };
  const chunk = (index: number): Buffer =>
    sealed.subarray(HEADER + index * SEALED, HEADER + (index + 1) * SEALED);
  const assemble = (...parts: Buffer[]): Buffer => Buffer.concat([sealed.subarray(0, HEADER), ...parts]);

  it('hold no clear byte, and belong to their owner alone', async () => {
    expect(sealed.length).toBe(HEADER + clear.length + 4 * 16);
    expect(sealed.includes(clear.subarray(0, 16))).toBe(false);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    for (let at = path.dirname(file); at !== path.dirname(folder); at = path.dirname(at)) {
      expect((await stat(at)).mode & 0o777).toBe(0o700);
    }
  });

  it('differ in every sealed byte when the same content is written twice', async () => {
    const other = exportKey({ tenant: 'CA', jobId: 'sealed', attempt: 2, name: 'rows.csv' });
    await (await store.stage(other, Readable.from([clear]), never)).publish();
    const again = await readFile(path.join(folder, 'objects', other));
    expect(again.subarray(HEADER, HEADER + 64).equals(sealed.subarray(HEADER, HEADER + 64))).toBe(false);
  });

  it('are refused with any byte of the header flipped', async () => {
    for (let at = 0; at < HEADER; at++) {
      expect(await readTampered(flip(sealed, at))).toEqual({
        delivered: Buffer.alloc(0),
        code: 'export-incomplete',
      });
    }
  });

  it.each([
    ['body', 0],
    ['body', 1],
    ['body', 2],
    ['tag', 0],
    ['tag', 1],
    ['tag', 2],
  ])('give out no byte of a chunk whose %s was flipped (chunk %i)', async (part, index) => {
    const at = HEADER + index * SEALED + (part === 'body' ? 77 : CHUNK + 3);
    const { delivered, code } = await readTampered(flip(sealed, at));
    expect(code).toBe('export-incomplete');
    expect(delivered.equals(clear.subarray(0, index * CHUNK))).toBe(true);
  });

  it.each([
    ['the last chunk flipped', () => flip(sealed, sealed.length - 20)],
    ['the last tag flipped', () => flip(sealed, sealed.length - 1)],
    ['the last byte cut off', () => sealed.subarray(0, -1)],
    ['the last chunk cut off', () => assemble(chunk(0), chunk(1), chunk(2))],
    ['all but the first chunk cut off', () => assemble(chunk(0))],
    ['all chunks cut off', () => sealed.subarray(0, HEADER)],
    ['half a header', () => sealed.subarray(0, 20)],
    ['nothing', () => Buffer.alloc(0)],
    ['a byte appended', () => Buffer.concat([sealed, Buffer.of(0)])],
    ['a chunk appended', () => Buffer.concat([sealed, chunk(0)])],
    ['the last chunk doubled', () => Buffer.concat([sealed, chunk(3)])],
    ['a chunk taken out', () => assemble(chunk(0), chunk(2), chunk(3))],
  ])('are refused before their first byte with %s', async (_, tampered) => {
    expect(await readTampered(tampered())).toEqual({ delivered: Buffer.alloc(0), code: 'export-incomplete' });
  });

  it('are refused with chunks swapped', async () => {
    const { delivered, code } = await readTampered(assemble(chunk(0), chunk(2), chunk(1), chunk(3)));
    expect(code).toBe('export-incomplete');
    expect(delivered.equals(clear.subarray(0, CHUNK))).toBe(true);
  });

  it('are refused before their first byte, whole and by range, cut at any end of a chunk or a byte beside it', async () => {
    const ends = [0, 1, 2, 3, 4].map((chunks) => Math.min(HEADER + chunks * SEALED, sealed.length));
    const cuts = ends.flatMap((end) => [end - 1, end, end + 1]).filter((at) => at < sealed.length);
    expect(cuts).toHaveLength(13);
    for (const at of cuts) {
      const cut = sealed.subarray(0, at);
      expect(await readTampered(cut)).toEqual({ delivered: Buffer.alloc(0), code: 'export-incomplete' });
      const range = store.read(key, { start: 0, end: 9 }).then((part) => buffer(part));
      await expect(range).rejects.toMatchObject({ code: 'export-incomplete' });
    }
  });

  // The last one is proven by whoever opens the file.
  it.each([0, 1, 2])(
    'give out ranges of whole chunks beside a flipped one, and none of it (chunk %i)',
    async (flipped) => {
      await writeFile(file, flip(sealed, HEADER + flipped * SEALED + 77));
      for (let index = 0; index < 4; index++) {
        const range = { start: index * CHUNK + 5, end: index * CHUNK + 400 };
        const reading = store.read(key, range).then((part) => buffer(part));
        if (index === flipped) await expect(reading).rejects.toMatchObject({ code: 'export-incomplete' });
        else expect((await reading).equals(clear.subarray(range.start, range.end + 1))).toBe(true);
      }
      // Over the end of a whole chunk into the flipped one, or the other way round: nothing of the flipped one.
      const across = { start: Math.max(0, flipped * CHUNK - 10), end: flipped * CHUNK + 10 };
      const pieces: Buffer[] = [];
      const reading = (async () => {
        for await (const piece of await store.read(key, across)) pieces.push(piece as Buffer);
      })();
      await expect(reading).rejects.toMatchObject({ code: 'export-incomplete' });
      expect(Buffer.concat(pieces).length).toBeLessThanOrEqual(flipped * CHUNK - across.start);
    },
  );

  it('are refused when only an untouched range of a cut file is asked for', async () => {
    await writeFile(file, assemble(chunk(0), chunk(1)));
    await expect(store.read(key, { start: 0, end: 9 })).rejects.toMatchObject({ code: 'export-incomplete' });
  });

  it('are refused under another name, and with another master key', async () => {
    const elsewhere = exportKey({ tenant: 'TX', jobId: 'sealed', attempt: 1, name: 'rows.csv' });
    await (await store.stage(elsewhere, Readable.from([Buffer.from('x')]), never)).publish();
    await writeFile(path.join(folder, 'objects', elsewhere), sealed);
    await expect(store.read(elsewhere)).rejects.toMatchObject({ code: 'export-incomplete' });
    const stranger = await open(randomBytes(32));
    await expect(stranger.read(key)).rejects.toMatchObject({ code: 'export-incomplete' });
  });

  it('are read to the end by who opened them before they were deleted', async () => {
    const name = exportKey({ tenant: 'CA', jobId: 'gone', attempt: 1, name: 'rows.csv' });
    await (await store.stage(name, Readable.from([clear]), never)).publish();
    const reading = await store.read(name);
    await store.delete(name);
    expect(sha256(await buffer(reading))).toBe(sha256(clear));
    expect(await readdir(path.join(folder, 'objects', 'CA'))).not.toContain('gone');
  });
});

describe('LocalObjectStore.open', () => {
  it('wipes what dead processes left, and nothing that may be alive', async () => {
    await open();
    const [old, fresh] = [path.join(folder, 'staging', 'old'), path.join(folder, 'staging', 'fresh')];
    await writeFile(old, 'x');
    await writeFile(fresh, 'x');
    const longAgo = new Date(Date.now() - 25 * 3_600_000);
    await utimes(old, longAgo, longAgo);
    await open();
    expect(await staged()).toEqual(['fresh']);
    await open(masterKey, 0);
    expect(await staged()).toEqual([]);
  });

  it('refuses a key of another length', async () => {
    await expect(open(randomBytes(16))).rejects.toThrow('32 bytes');
  });
});

describe('streaming through LocalObjectStore', () => {
  it('lets go of the file when a reader leaves, before or while reading', async () => {
    const store = await open();
    const key = exportKey({ tenant: 'CA', jobId: 'left', attempt: 1, name: 'rows.csv' });
    await (await store.stage(key, Readable.from([randomBytes(5 * CHUNK)]), never)).publish();
    const before = await openFiles();
    for (let i = 0; i < 20; i++) {
      const reading = await store.read(key);
      if (i % 2 === 0) await reading[Symbol.asyncIterator]().next();
      reading.destroy();
    }
    while ((await openFiles()) > before) await sleep(10);
  });

  it('holds little of a file both ways, with a source that is faster than the disk', async () => {
    const store = await open();
    const key = exportKey({ tenant: 'CA', jobId: 'large', attempt: 1, name: 'rows.csv' });
    const block = randomBytes(1 << 20);
    let [made, ahead] = [0, 0];
    const source = new Readable({
      read() {
        ahead = Math.max(ahead, made * block.length - bytesStaged());
        this.push(made++ < 256 ? block : null);
      },
    });
    const file = await store.stage(key, source, never);
    await file.publish();
    expect(file.bytes).toBe(256 << 20);
    // Of what was made, all but this much lay on the disk at any time.
    expect(ahead).toBeLessThan(16 << 20);
    const reading = await store.read(key);
    let [read, waiting] = [0, 0];
    for await (const part of reading) {
      read += (part as Buffer).length;
      waiting = Math.max(waiting, reading.readableLength);
    }
    expect(read).toBe(256 << 20);
    expect(waiting).toBeLessThan(4 << 20);
  });
});

it('survives a rename of its folder, since nothing in a file depends on where it lies', async () => {
  const store = await open();
  const key = exportKey({ tenant: 'CA', jobId: 'moved', attempt: 1, name: 'rows.csv' });
  await (await store.stage(key, Readable.from([Buffer.from('moved')]), never)).publish();
  await rename(folder, `${folder}-2`);
  const moved = await LocalObjectStore.open({ folder: `${folder}-2`, key: masterKey });
  expect((await buffer(await moved.read(key))).toString()).toBe('moved');
});

function flip(bytes: Buffer, at: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped[at]! ^= 1;
  return flipped;
}

/** In files that are under way. */
function bytesStaged(): number {
  const names = readdirSync(path.join(folder, 'staging'));
  return names.reduce((sum, name) => sum + statSync(path.join(folder, 'staging', name)).size, 0);
}

async function openFiles(): Promise<number> {
  return (await readdir('/proc/self/fd')).length;
}
