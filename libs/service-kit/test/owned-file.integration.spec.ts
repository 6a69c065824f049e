import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadOrCreateFile, loadOrCreateSecret } from '../src/index.js';

describe('loadOrCreateSecret', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'sluice-kit-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('makes a secret that only the owner can read, and keeps it', async () => {
    const file = join(folder, 'state', 'secret');
    const secret = await loadOrCreateSecret(file);
    expect(secret).toHaveLength(64);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await loadOrCreateSecret(file)).toBe(secret);
  });

  it('gives all of many concurrent starters the same secret, and leaves no draft', async () => {
    const file = join(folder, 'secret');
    const secrets = await Promise.all(Array.from({ length: 20 }, () => loadOrCreateSecret(file)));
    expect(new Set(secrets).size).toBe(1);
    expect(await readdir(folder)).toEqual(['secret']);
  });

  it('refuses a file that is open to others', async () => {
    const file = join(folder, 'secret');
    await loadOrCreateSecret(file);
    await chmod(file, 0o644);
    await expect(loadOrCreateSecret(file)).rejects.toThrow('is open to others');
  });

  it('refuses a short secret', async () => {
    const file = join(folder, 'secret');
    await writeFile(file, 'short', { mode: 0o600 });
    await expect(loadOrCreateSecret(file)).rejects.toThrow('fewer than 32');
  });

  it('leaves nothing behind when the text cannot be made', async () => {
    const failing = loadOrCreateFile(join(folder, 'key'), () => Promise.reject(new Error('no key')));
    await expect(failing).rejects.toThrow('no key');
    expect(await readdir(folder)).toEqual([]);
  });
});
