import { buildCatalog } from '@sluice/catalog';
import { AuditRecord, ClaimedJob, DEFAULT_CSV_OPTIONS, DEFAULT_PDF_OPTIONS } from '@sluice/contracts';
import { LocalObjectStore } from '@sluice/object-store';
import { Policy } from '@sluice/policy';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { PdfEncoder } from '../src/encode/pdf/pdf-encoder.js';
import { exportFault } from '../src/run/export-fault.js';
import { GovernedPlanner } from '../src/run/governed-planner.js';
import { RunExport } from '../src/run/run-export.js';
import { EncodedFile } from '../src/ports.js';
import { FakeCopy, FakeEngine } from './fake-engine.js';

const content = {
  name: 'people',
  shared: true,
  key: ['id'],
  columns: { id: { type: 'integer' }, name: { type: 'text' } },
};
const catalog = buildCatalog([{ file: 'people.yaml', content }]);
const governance = { catalog, policy: Policy.build({ version: 1 }, catalog) };
const planner = new GovernedPlanner({ current: () => governance }, () => 1_700_000_000_000_000n);
const job: ClaimedJob = {
  jobId: randomUUID(),
  attempt: 1,
  principal: { subject: 's', clientId: 'c', tenants: ['CA'], roles: ['exporter'] },
  spec: {
    queryDefinition: { dataset: 'people' },
    format: 'pdf',
    compression: null,
    csv: DEFAULT_CSV_OPTIONS,
    pdf: DEFAULT_PDF_OPTIONS,
  },
  origin: { requestId: 'request-1', address: '127.0.0.1' },
  leaseMs: 2_000,
};
const PIECE_ROWS = 1_000;

/** Pieces of rows, none of them like another so that they do not deflate to nothing. */
function* lines(pieces: number): Generator<Buffer> {
  for (let i = 0; i < pieces; i++) {
    const names = randomBytes(12 * PIECE_ROWS).toString('hex');
    const rows = Array.from({ length: PIECE_ROWS }, (_, row) => {
      return `${String(i * PIECE_ROWS + row)}\x1f${names.slice(24 * row, 24 * row + 24)}\n`;
    });
    yield Buffer.from(rows.join(''));
  }
}

function encode(engine: FakeEngine, maxBytes = 1 << 30): Promise<EncodedFile> {
  const options = { signal: new AbortController().signal, timeoutMs: 600_000 };
  return new PdfEncoder(engine, maxBytes).encode(planner.plan(job), job.spec, options);
}

function engineOf(copy: () => FakeCopy): FakeEngine {
  const engine = new FakeEngine();
  engine.next = copy;
  return engine;
}

describe('a PDF that cannot be made', () => {
  it('fails for good past its size, stops the engine, and leaves nothing', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'sluice-pdf-'));
    const store = await LocalObjectStore.open({ folder, key: randomBytes(32) });
    const engine = engineOf(() => ({ content: lines(1_000), rows: new Promise(() => undefined) }));
    const encoders = { pdf: new PdfEncoder(engine, 300_000) };
    const audit = { record: (_: AuditRecord) => Promise.resolve() };
    const onLeftover = (error: unknown): never => {
      throw error;
    };
    const settings = { manifestKey: randomBytes(32), exportTimeoutMs: 60_000, onLeftover };
    const run = new RunExport({ planner, encoders, store, audit }, settings).run({
      job,
      signal: new AbortController().signal,
      onRows: () => undefined,
      mayPublish: () => Promise.resolve(),
    });
    const fault = exportFault(await run.catch((error: unknown) => error));
    expect(fault).toEqual({
      transient: false,
      error: {
        code: 'file-too-large',
        message:
          'The PDF would have more than 300000 bytes; export fewer rows or columns, or another format.',
        details: { limit: { name: 'pdfBytes', value: 300_000 } },
      },
    });
    expect(engine.streams[0]?.destroyed).toBe(true);
    const left = await readdir(folder, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile() && !entry.name.startsWith('.'))).toEqual([]);
    await rm(folder, { recursive: true });
  });

  it('fails with what broke the engine', async () => {
    function* breaking(): Generator<Buffer> {
      yield* lines(3);
      throw new Error('broken');
    }
    const rows = Promise.reject(new Error('broken'));
    rows.catch(() => undefined);
    const encoded = await encode(engineOf(() => ({ content: breaking(), rows })));
    await expect(buffer(encoded.stream)).rejects.toThrow('broken');
    await expect(encoded.rows).rejects.toThrow('broken');
  });

  it('is not whole with fewer rows than the engine made, nor with half a row', async () => {
    const fewer = await encode(engineOf(() => ({ content: lines(2), rows: Promise.resolve(2_001) })));
    await buffer(fewer.stream);
    await expect(fewer.rows).rejects.toMatchObject({ code: 'export-incomplete' });
    const half = await encode(
      engineOf(() => ({ content: [Buffer.from('1\x1fa\n2\x1f')], rows: Promise.resolve(2) })),
    );
    await expect(buffer(half.stream)).rejects.toMatchObject({ code: 'export-incomplete' });
  });

  it('refuses rows that have not the columns of the answer', async () => {
    const encoded = await encode(
      engineOf(() => ({ content: [Buffer.from('1\n')], rows: Promise.resolve(1) })),
    );
    await expect(buffer(encoded.stream)).rejects.toThrow('fewer fields');
  });

  it('stops the engine when its reader goes away', async () => {
    const engine = engineOf(() => ({ content: lines(1_000), rows: new Promise(() => undefined) }));
    const { stream } = await encode(engine);
    stream.once('data', () => stream.destroy());
    await finished(stream).catch(() => undefined);
    await finished(engine.streams[0]!).catch(() => undefined);
    expect(engine.streams[0]?.destroyed).toBe(true);
  });
});

it('takes from an engine that is faster than the store no more than buffers hold', async () => {
  const pieces = 80;
  let taken = 0;
  function* counted(): Generator<Buffer> {
    for (const piece of lines(pieces)) {
      taken += 1;
      yield piece;
    }
  }
  const encoded = await encode(
    engineOf(() => ({ content: counted(), rows: Promise.resolve(pieces * PIECE_ROWS) })),
  );
  let [ahead, bytes] = [0, 0];
  const slow = new Writable({
    write(chunk: Buffer, _, done) {
      bytes += chunk.length;
      ahead = Math.max(ahead, taken * PIECE_ROWS - encoded.rowsSoFar());
      setImmediate(done);
    },
  });
  await pipeline(encoded.stream, slow);
  expect(await encoded.rows).toBe(pieces * PIECE_ROWS);
  expect(bytes).toBeGreaterThan(1_000_000);
  // What is read ahead is bounded by the streams between, not by the table.
  expect(ahead).toBeLessThanOrEqual(20 * PIECE_ROWS);
});
