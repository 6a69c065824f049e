import { importTable, DuckDbExportEngine, openDuckDbExportEngine } from '@sluice/engine';
import { buildCatalog } from '@sluice/catalog';
import { Policy } from '@sluice/policy';
import { execFileSync, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline, Readable, Transform } from 'node:stream';
import { pipeline as piped } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPromise } from 'yauzl';
import { zipFile } from '../src/compress/zip-writer.js';
import { failTest, itWith } from './readers.js';
import { eventually, WorkerHarness } from './worker-harness.js';

const MIB = 1 << 20;
const GIB = 1_024 * MIB;
/** One more than a sheet takes under its header, and one for the next sheet. */
const ROWS = 1_048_577;
const WIDE = Array.from(
  { length: 8 },
  (_, at) => `repeat(md5((i + ${String(at)})::varchar), 2) as t${String(at)}`,
);
const COLUMNS = Array.from({ length: 8 }, (_, at) => `t${String(at)}`);

/** What a program says, and how many times each line of it counts for `count`. */
async function countOf(program: string, args: readonly string[], needle: string): Promise<number> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let [count, rest] = [0, ''];
  for await (const piece of child.stdout) {
    const text = rest + (piece as Buffer).toString('latin1');
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1)) count += 1;
    rest = text.slice(1 - needle.length);
  }
  return count;
}

describe('a workbook of two sheets', () => {
  let harness: WorkerHarness;
  let engine: DuckDbExportEngine;

  beforeAll(async () => {
    harness = await WorkerHarness.create();
    const content = {
      name: 'wide',
      shared: true,
      key: ['id'],
      columns: {
        id: { type: 'integer' },
        ...Object.fromEntries(COLUMNS.map((name) => [name, { type: 'text' }])),
      },
    };
    const catalog = buildCatalog([{ file: 'wide.yaml', content }]);
    harness.governance = { catalog, policy: Policy.build({ version: 1, classes: {} }, catalog) };
    const dataDir = path.join(harness.folder, 'data');
    await importTable({
      source: { sql: `select i as id, ${WIDE.join(', ')} from range(${String(ROWS)}) r(i)`, dependsOn: [] },
      dataDir,
      catalogDir: path.join(harness.folder, 'catalog'),
      name: 'wide',
      tenant: null,
      key: ['id'],
    });
    engine = await openDuckDbExportEngine({
      dataDir,
      workDir: path.join(harness.folder, 'work'),
      memoryLimit: '256MiB',
      maxSpill: '1GiB',
      concurrency: 1,
      maxWaiting: 1,
      waitTimeoutMs: 60_000,
      onError: failTest,
    });
    await harness.start(engine, { exportTimeoutMs: 1_800_000 });
  }, 300_000);
  afterAll(async () => {
    await harness.close();
    await engine.close();
  });

  itWith('unzip')(
    'is whole when the store takes it slowly at first, and the worker holds little of it meanwhile',
    async () => {
      let [stored, isSlow] = [0, true];
      const slow = new Transform({
        transform(chunk: Buffer, _, done) {
          stored += chunk.length;
          if (isSlow) setTimeout(done, 200, null, chunk);
          else done(null, chunk);
        },
      });
      harness.readThrough((source) => (stored === 0 ? pipeline(source, slow, () => undefined) : source));
      const before = process.memoryUsage.rss();
      const jobId = await harness.submit({
        format: 'xlsx',
        queryDefinition: { dataset: 'wide', sort: ['id'] },
      });
      await eventually(() => stored > 0, 120_000);
      let peak = 0;
      // As long as the engine alone would need for all of it, some times over.
      for (const end = Date.now() + 20_000; Date.now() < end; await sleep(50))
        peak = Math.max(peak, process.memoryUsage.rss());
      const rowsDone = harness.renewals.at(-1)?.rowsDone ?? 0;
      isSlow = false;
      await eventually(() => harness.finished.some((message) => message.jobId === jobId), 600_000);
      const { key, manifest } = await harness.succeeded(jobId);
      expect(manifest.rows).toBe(ROWS);
      // Of some 700 bytes of XML for each of a million rows hardly any had been asked for, and none of the rest was kept.
      expect(rowsDone).toBeLessThan(ROWS / 4);
      expect(peak - before).toBeLessThan(400 * MIB);

      const file = path.join(harness.folder, 'wide.xlsx');
      await piped(await harness.store.read(key), createWriteStream(file));
      expect(execFileSync('unzip', ['-tq', file]).toString()).toContain('No errors detected');
      const rowsOf = (sheet: number): Promise<number> =>
        countOf('unzip', ['-p', file, `xl/worksheets/sheet${String(sheet)}.xml`], '<row ');
      // Each with its header.
      expect([await rowsOf(1), await rowsOf(2)]).toEqual([1_048_576, 3]);
    },
    900_000,
  );
});

describe('a ZIP file with an entry of more than 4 GiB', () => {
  const entry = 4 * GIB + 5 * MIB + 3;
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sluice-zip64-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Bytes that deflate to little. */
  function* zeros(bytes: number): Generator<Buffer> {
    const piece = Buffer.alloc(MIB);
    for (let left = bytes; left > 0; left -= piece.length) yield piece.subarray(0, left);
  }

  itWith('unzip')(
    'is read by others to its last byte, and so is what stands behind it',
    async () => {
      const file = path.join(folder, 'large.zip');
      const entries = [
        { name: 'xl/worksheets/sheet1.xml', content: Readable.from(zeros(entry), { objectMode: false }) },
        { name: 'after.txt', content: Buffer.from('behind it') },
      ];
      await piped(Readable.from(zipFile(entries, { modified: new Date() })), createWriteStream(file));
      expect((await stat(file)).size).toBeLessThan(GIB);
      // It compares each checksum.
      expect(execFileSync('unzip', ['-tq', file]).toString()).toContain('No errors detected');
      const archive = await openPromise(file);
      const sizes: Record<string, number> = {};
      for await (const { fileName, uncompressedSize } of archive.eachEntry())
        sizes[fileName] = uncompressedSize;
      expect(sizes).toEqual({ 'xl/worksheets/sheet1.xml': entry, 'after.txt': 9 });
      expect(execFileSync('unzip', ['-p', file, 'after.txt']).toString()).toBe('behind it');
    },
    600_000,
  );
});
