import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { openObjectStore, StoreSettings } from '../src/index.js';

let folder = '';
const derivedKey = randomBytes(32);
const [first, second] = [randomBytes(32), randomBytes(32)];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sluice-keys-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (keys: readonly Buffer[], keyFile: string | null = null) => {
  const settings: StoreSettings = { kind: 'local', keys, keyFile };
  return openObjectStore(settings, { folder, derivedKey, onLeftover: () => undefined });
};
async function write(store: Awaited<ReturnType<typeof open>>, key: string): Promise<void> {
  const source = Readable.from([Buffer.from(`text of ${key}`)]);
  await (await store.stage(key, source, new AbortController().signal)).publish();
}
const keyIdIn = async (key: string): Promise<string> =>
  (await readFile(path.join(folder, 'objects', key))).subarray(8, 16).toString('hex');

describe('changing the keys of a local store', () => {
  it('reads what older keys sealed, and seals with the newest', async () => {
    await write(await open([]), 'CA/derived');
    await write(await open([first]), 'CA/first');
    const store = await open([second, first]);
    await write(store, 'CA/second');
    for (const key of ['CA/derived', 'CA/first', 'CA/second']) {
      expect(await text(await store.read(key))).toBe(`text of ${key}`);
    }
    const ids = await Promise.all(['CA/derived', 'CA/first', 'CA/second'].map(keyIdIn));
    expect(new Set(ids).size).toBe(3);
    await write(store, 'CA/second-too');
    expect(await keyIdIn('CA/second-too')).toBe(ids[2]);
  });

  it('refuses what a key sealed that was taken away', async () => {
    await write(await open([first]), 'CA/first');
    await expect((await open([second])).read('CA/first')).rejects.toMatchObject({
      code: 'export-incomplete',
    });
  });

  it('fails for nobody while the keys change, when all know a key before one seals with it', async () => {
    const stages = [[first], [first, second], [second, first]];
    for (const [at, writing] of stages.entries()) {
      const key = `CA/rolling-${String(at)}`;
      await write(await open(writing), key);
      // Processes are restarted one by one: those beside it are a step behind or ahead.
      for (const beside of stages.slice(Math.max(0, at - 1), at + 2)) {
        expect(await text(await (await open(beside)).read(key))).toBe(`text of ${key}`);
      }
    }
  });

  it('reads keys from a file that is closed to others', async () => {
    const file = path.join(folder, 'keys');
    await writeFile(file, `# newest first\n${second.toString('base64')}\n\n${first.toString('base64')}\n`, {
      mode: 0o600,
    });
    await write(await open([first]), 'CA/first');
    const store = await open([], file);
    await write(store, 'CA/second');
    expect(await text(await store.read('CA/first'))).toBe('text of CA/first');
    expect(await keyIdIn('CA/second')).not.toBe(await keyIdIn('CA/first'));
    await chmod(file, 0o644);
    await expect(open([], file)).rejects.toThrow('open to others');
    await chmod(file, 0o600);
    await writeFile(file, `${first.toString('base64')}\nhunter2\n`);
    await expect(open([], file)).rejects.toThrow(/^Line 2 of .*keys is not a key of 32 bytes in base64\.$/);
    await writeFile(file, '# none\n');
    await expect(open([], file)).rejects.toThrow('holds 0 keys');
  });
});
