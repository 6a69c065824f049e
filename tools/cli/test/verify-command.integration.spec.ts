import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type ExportManifest, MANIFEST_KEY_PURPOSE, signManifest } from '@sluice/contracts';
import { deriveKey } from '@sluice/service-kit';
import { runCli } from '../src/run-cli.js';

const SECRET = 'a secret of the test that is long enough';
const CSV = Buffer.from('id,name\r\n1,"two\r\nlines, and ""quotes"""\r\n2,b\r\n');
let folder = '';
let [out, err] = ['', ''];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-verify-'));
  [out, err] = ['', ''];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Writes a file and its signed manifest, and verifies them. */
async function verify(
  bytes: Buffer,
  says: Partial<ExportManifest> = {},
  change: (files: { file: Buffer; manifest: string }) => { file?: Buffer; manifest?: string } = () => ({}),
  env: Record<string, string> = { SLUICE_SECRET: SECRET },
): Promise<number> {
  const manifest: ExportManifest = {
    jobId: 'job-1',
    attempt: 1,
    tenant: 'CA',
    dataset: 'people',
    queryHash: 'q',
    policyVersion: 'p',
    dataVersion: 'd',
    columns: [],
    format: 'csv',
    compression: null,
    rows: 2,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    createdAt: '2026-11-26T00:00:00.000Z',
    ...says,
  };
  const signed = JSON.stringify(signManifest(manifest, deriveKey(SECRET, MANIFEST_KEY_PURPOSE)));
  const changed = change({ file: bytes, manifest: signed });
  const [file, beside] = [join(folder, 'people.csv'), join(folder, 'people.csv.manifest.json')];
  await writeFile(file, changed.file ?? bytes);
  await writeFile(beside, changed.manifest ?? signed);
  return runCli(['verify', file, '--manifest', beside], {
    env,
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    signal: new AbortController().signal,
  });
}

describe('sluice verify', () => {
  it('says what it checked of a file that is as it was made', async () => {
    expect(await verify(CSV)).toBe(0);
    expect(out).toContain(`whole and unchanged: signature, ${String(CSV.length)} bytes, SHA-256, 2 rows.`);
    expect(out).toContain('Job job-1, attempt 1, of people');
    expect(err).toBe('');
  });

  it.each<[string, Buffer, Partial<ExportManifest>]>([
    ['gzipped CSV', gzipSync(CSV), { compression: 'gzip' }],
    ['NDJSON', Buffer.from('{"a":"\\""}\n{"a":2}\n'), { format: 'ndjson' }],
    ['CSV of no rows', Buffer.from('id,name\r\n'), { rows: 0 }],
  ])('counts the rows of %s', async (_, bytes, says) => {
    expect(await verify(bytes, says)).toBe(0);
    expect(out).toContain(`${String(says.rows ?? 2)} rows.`);
  });

  it('says that it cannot count the rows of a PDF', async () => {
    expect(await verify(Buffer.from('%PDF-1.7'), { format: 'pdf', rows: 7 })).toBe(0);
    expect(out).toContain('SHA-256.\n');
    expect(out).toContain('Rows cannot be counted in a pdf file: that it has 7 of them, the manifest says');
  });

  it.each<[string, string, Partial<ExportManifest>, string]>([
    ['CSV that ends in quotes', 'id\r\n"1', { rows: 1 }, 'it ends within a quoted value'],
    ['an array without its end', '[\n{"a":1},\n{"a":2}', { format: 'json' }, 'it was cut'],
    ['an array cut in a text', '[{"a":"]}', { format: 'json' }, 'it was cut'],
    ['an array with a hole', '[{"a":1},,{"a":2}]', { format: 'json' }, '"," stands behind row 1'],
    ['an array with a comma at its end', '[{"a":1},{"a":2},]', { format: 'json' }, '"]" stands behind row 2'],
    ['lines that are no rows', '{"a":1}\nnull\n', { format: 'ndjson' }, '"n" stands behind row 1'],
    ['two rows on a line', '{"a":1}{"a":2}\n', { format: 'ndjson' }, '"{" stands behind row 1'],
    ['no ZIP archive', 'id\r\n', { compression: 'zip' }, 'cannot be counted'],
    ['no gzip file', 'id\r\n', { compression: 'gzip' }, 'incorrect header check'],
    ['no workbook', 'PK', { format: 'xlsx' }, 'cannot be counted'],
    ['no Parquet', 'PAR1', { format: 'parquet' }, 'cannot be counted'],
  ])('refuses %s, whatever its manifest says', async (_, text, says, told) => {
    expect(await verify(Buffer.from(text), says)).toBe(1);
    expect(err).toMatch(/^sluice: The rows of .*people\.csv cannot be counted: .*\.\n$/);
    expect(err).toContain(told);
    expect(out).toBe('');
  });

  it.each([
    ['[]', 0],
    [' [ ] ', 0],
    ['[[1,"]"],[2,"\\"]"]]', 2],
    ['[{"a":{"b":["}"]}}]', 1],
  ])('counts what is a row of %s', async (text, rows) => {
    expect(await verify(Buffer.from(text), { format: 'json', rows })).toBe(0);
    expect(out).toContain(`${String(rows)} rows.`);
  });

  const cut = CSV.subarray(0, -1);
  it.each<[string, Parameters<typeof verify>[2] & object, string]>([
    ['a file that was cut', () => ({ file: cut }), `has ${String(cut.length)} bytes; the manifest says`],
    ['a byte that was changed', () => ({ file: Buffer.from(CSV.toString().replace('b', 'c')) }), 'SHA-256'],
    [
      'a manifest that was changed',
      ({ manifest }) => ({ manifest: manifest.replace('"rows":2', '"rows":3') }),
      'signature',
    ],
    ['a manifest that is no JSON', () => ({ manifest: '{' }), 'is not valid JSON'],
    [
      'a manifest of something else',
      () => ({ manifest: '{"signature":"x"}' }),
      'is not a manifest of an export',
    ],
  ])('refuses %s', async (_, change, told) => {
    expect(await verify(CSV, {}, change)).toBe(1);
    expect(err).toMatch(/^sluice: /);
    expect(err).toContain(told);
    expect(out).toBe('');
  });

  it('refuses a file that has other rows than its own manifest says', async () => {
    expect(await verify(CSV, { rows: 3 })).toBe(1);
    expect(err).toContain('has 2 rows; the manifest says 3.');
  });

  it.each([
    [{ SLUICE_SECRET: 'another secret of the test that is long' }, 'signature of this installation'],
    [{}, 'SLUICE_SECRET is not set, but required.'],
  ])('needs the secret that signed it', async (env, told) => {
    expect(await verify(CSV, {}, undefined, env as Record<string, string>)).toBe(1);
    expect(err).toContain(told);
  });
});
