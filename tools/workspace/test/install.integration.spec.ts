import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isInstalled } from '../src/install.mjs';

const lock = {
  packages: {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0', optional: true },
  },
};

describe('isInstalled', () => {
  let root: string;
  const put = async (file: string, text: string): Promise<void> => {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  };

  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'sluice install '));
    await put('package-lock.json', JSON.stringify(lock));
  });

  afterEach(() => rm(root, { recursive: true }));

  const putBinaries = async (): Promise<void> => {
    await put('node_modules/.bin/node', '');
    await put('node_modules/typescript/bin/tsc', '');
  };
  const putAccount = (version: string): Promise<void> =>
    put('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version } } }));

  it('is false without node_modules', async () => {
    await expect(isInstalled(root)).resolves.toBe(false);
  });

  it('believes npm, whose account may lack optional packages, and marks what it found', async () => {
    await putBinaries();
    await putAccount('1.0.0');
    await expect(isInstalled(root)).resolves.toBe(true);
    await expect(readFile(path.join(root, 'node_modules/.sluice-lock'), 'utf8')).resolves.toMatch(
      /^[0-9a-f]{64}$/,
    );
  });

  it('is false when a package has another version', async () => {
    await putBinaries();
    await putAccount('0.9.0');
    await expect(isInstalled(root)).resolves.toBe(false);
  });

  it('is false after the lock file has changed', async () => {
    await putBinaries();
    await putAccount('1.0.0');
    await isInstalled(root);
    await put(
      'package-lock.json',
      JSON.stringify({ packages: { ...lock.packages, 'node_modules/c': { version: '1.0.0' } } }),
    );
    await expect(isInstalled(root)).resolves.toBe(false);
  });

  it('is false when the pinned Node is missing, though npm counts it as installed', async () => {
    await putAccount('1.0.0');
    await expect(isInstalled(root)).resolves.toBe(false);
  });
});
