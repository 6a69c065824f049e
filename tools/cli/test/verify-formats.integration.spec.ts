import {
  EXPORT_COMPRESSIONS,
  EXPORT_FORMATS,
  ExportCompression,
  ExportFormat,
  MANIFEST_KEY_PURPOSE,
  SignedManifest,
  signManifest,
} from '@sluice/contracts';
import { deriveKey } from '@sluice/service-kit';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../src/run-cli.js';
import { ExportingWorker, startExportingWorker } from './exporting-worker.js';

const SECRET = 'a secret of the test that is long enough';
const ROWS = 3_000;
type Form = [ExportFormat, ExportCompression | null];
const forms = EXPORT_FORMATS.flatMap((format) =>
  [null, ...EXPORT_COMPRESSIONS].map((compression): Form => [format, compression]),
);

/** Another manifest of this installation for other bytes: as if who holds the secret had been wrong about the rows. */
function signedFor(bytes: Buffer, manifest: SignedManifest): SignedManifest {
  const { signature: _, ...said } = manifest;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return signManifest({ ...said, bytes: bytes.length, sha256 }, deriveKey(SECRET, MANIFEST_KEY_PURPOSE));
}

describe('sluice verify, of files as a worker makes them,', () => {
  let folder: string;
  let worker: ExportingWorker;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-verify-formats-'));
    worker = await startExportingWorker(folder, SECRET, ROWS);
  });

  afterAll(async () => {
    await worker.close();
    await rm(folder, { recursive: true, force: true });
  });

  const verify = async (bytes: Buffer, manifest: SignedManifest): Promise<{ code: number; told: string }> => {
    // A name that an engine could take for a pattern.
    const [file, beside] = [join(folder, 'people [1]*'), join(folder, 'manifest.json')];
    await writeFile(file, bytes);
    await writeFile(beside, JSON.stringify(manifest));
    let told = '';
    const write = (text: string): void => void (told += text);
    const terminal = { env: { SLUICE_SECRET: SECRET }, stdout: { write }, stderr: { write } };
    const code = await runCli(['verify', file, '--manifest', beside], {
      ...terminal,
      signal: new AbortController().signal,
    });
    return { code, told };
  };

  it.each(forms)(
    '%s in %p: counts the rows, and notices one that is missing, a cut and a changed byte',
    async (format, compression) => {
      const whole = await worker.export(format, compression, ROWS);
      const counts = format !== 'pdf';
      const checked = counts ? `SHA-256, ${String(ROWS)} rows.` : 'SHA-256.';
      const found = await verify(whole.bytes, whole.manifest);
      expect(found).toMatchObject({ code: 0, told: expect.stringContaining(checked) as string });
      expect(found.told.includes('Rows cannot be counted in a pdf file')).toBe(!counts);

      const lacking = await worker.export(format, compression, ROWS - 1);
      const wrong = await verify(lacking.bytes, signedFor(lacking.bytes, whole.manifest));
      const missing = `has ${String(ROWS - 1)} rows; the manifest says ${String(ROWS)}.`;
      expect(wrong).toMatchObject(
        counts ? { code: 1, told: expect.stringContaining(missing) as string } : { code: 0 },
      );

      const cut = whole.bytes.subarray(0, -100);
      expect(await verify(cut, whole.manifest)).toMatchObject({ code: 1 });
      if (counts) expect(await verify(cut, signedFor(cut, whole.manifest))).toMatchObject({ code: 1 });

      const changed = Buffer.from(whole.bytes);
      changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 1;
      expect((await verify(changed, whole.manifest)).told).toContain('has the SHA-256');
    },
  );

  it('leaves nothing behind', async () => {
    const { bytes, manifest } = await worker.export('parquet', 'zip', ROWS);
    // Of its own: into the machine's, others who verify something at the moment put folders as well.
    const temporary = await mkdtemp(join(folder, 'tmp-'));
    const os = jest.requireActual<{ tmpdir: () => string }>('node:os');
    const asked = jest.spyOn(os, 'tmpdir').mockReturnValue(temporary);
    expect(await verify(bytes, manifest)).toMatchObject({ code: 0 });
    expect(asked).toHaveBeenCalled();
    asked.mockRestore();
    expect(await readdir(temporary)).toEqual([]);
  });
});
