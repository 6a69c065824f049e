import { DEFAULT_CSV_OPTIONS, ExportOutcome } from '@sluice/contracts';
import { DuckDbExportEngine, importTable, openDuckDbExportEngine } from '@sluice/engine';
import path from 'node:path';
import { pipeline, Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { FakeEngine } from './fake-engine.js';
import { eventually, peopleGovernance, WorkerHarness } from './worker-harness.js';

const ROWS = 200_000;
/** Text that makes CSV hard: quotes, line breaks, delimiters, formulas, nothing, NULL. */
const PEOPLE = `select i as id,
  case i % 7 when 0 then 'plain' when 1 then 'a "quoted" name' when 2 then E'two\\nlines' when 3 then 'a, b; c'
    when 4 then '=1+1' when 5 then '' else null end as name,
  case when i % 2 = 0 then 'CA' else 'TX' end as tenant_id
  from range(${String(ROWS)}) r(i)`;

describe('exports on the real engine', () => {
  let harness: WorkerHarness;
  let engine: DuckDbExportEngine;

  beforeAll(async () => {
    harness = await WorkerHarness.create();
    harness.governance = peopleGovernance('clear');
    const dataDir = path.join(harness.folder, 'data');
    await importTable({
      source: { sql: PEOPLE, dependsOn: [] },
      dataDir,
      catalogDir: path.join(harness.folder, 'catalog'),
      name: 'people',
      tenant: 'tenant_id',
      key: ['id'],
    });
    engine = await openDuckDbExportEngine({
      dataDir,
      workDir: path.join(harness.folder, 'work'),
      memoryLimit: '256MiB',
      maxSpill: '1GiB',
      concurrency: 2,
      maxWaiting: 4,
      waitTimeoutMs: 60_000,
      onError: (error) => {
        throw error;
      },
    });
    await harness.start(engine);
  });

  afterAll(async () => {
    await harness.close();
    await engine.close();
  });

  const run = async (
    queryDefinition: object,
    csv = {},
  ): Promise<{ outcome: ExportOutcome; text: string }> => {
    const jobId = await harness.submit({ queryDefinition, csv: { ...DEFAULT_CSV_OPTIONS, ...csv } });
    const outcome = await harness.outcomeOf(jobId);
    const text =
      outcome.kind === 'succeeded' ? (await buffer(await harness.store.read(outcome.key))).toString() : '';
    return { outcome, text };
  };

  it('hold every row of the tenant, and no other', async () => {
    const { outcome, text } = await run({ dataset: 'people', select: ['id', 'tenant_id'], sort: ['id'] });
    expect(outcome).toMatchObject({ kind: 'succeeded', manifest: { rows: ROWS / 2 } });
    const lines = text.split('\r\n');
    expect(lines[0]).toBe('id,tenant_id');
    expect(lines.slice(1, -1)).toEqual(Array.from({ length: ROWS / 2 }, (_, i) => `${String(2 * i)},CA`));
  });

  it('count rows right whatever text is in them', async () => {
    const { outcome, text } = await run({ dataset: 'people', select: ['name', 'id'], sort: ['id'] });
    expect(outcome).toMatchObject({ kind: 'succeeded', manifest: { rows: ROWS / 2 } });
    expect(text).toContain('"a ""quoted"" name",');
    expect(text).toContain('"two\nlines",');
    expect(text).toMatch(/^"?'=1\+1/m);
  });

  it('can be of no row at all, and of a single column of NULLs', async () => {
    const none = await run({
      dataset: 'people',
      select: ['id'],
      filter: { column: 'id', op: 'lt', value: 0 },
    });
    expect(none).toMatchObject({ outcome: { kind: 'succeeded', manifest: { rows: 0 } }, text: 'id\r\n' });
    const nulls = await run({
      dataset: 'people',
      select: ['name'],
      filter: {
        and: [
          { column: 'name', op: 'isNull' },
          { column: 'id', op: 'lt', value: 100 },
        ],
      },
    });
    expect(nulls.outcome).toMatchObject({ kind: 'succeeded', manifest: { rows: 7 } });
  });

  it('obey the options', async () => {
    const few = {
      dataset: 'people',
      select: ['id', 'name'],
      filter: { column: 'id', op: 'in', value: [4, 6] },
      sort: ['id'],
    };
    const { text } = await run(few, { bom: true, delimiter: ';', nullText: 'NULL', rawText: true });
    expect(text).toBe('\uFEFFid;name\r\n4;=1+1\r\n6;NULL\r\n');
  });
});

it('takes from an engine that is faster than the store no more than buffers hold', async () => {
  const harness = await WorkerHarness.create();
  const engine = new FakeEngine();
  const piece = Buffer.from('1,"some ""quoted"" text",and more of it\r\n'.repeat(1_500));
  const pieces = 4_000;
  let [taken, stored, ahead] = [0, 0, 0];
  engine.next = () => ({
    content: (function* () {
      yield Buffer.from('id,a,b\r\n');
      for (let i = 0; i < pieces; i++) {
        taken += piece.length;
        yield piece;
      }
    })(),
    rows: Promise.resolve(pieces * 1_500),
  });
  const watched = new Transform({
    transform(chunk: Buffer, _, done) {
      stored += chunk.length;
      ahead = Math.max(ahead, taken - stored);
      setImmediate(done, null, chunk);
    },
  });
  // The manifest, which comes after the file, is read as it is.
  harness.readThrough((source) => (stored === 0 ? pipeline(source, watched, () => undefined) : source));
  await harness.start(engine);
  const jobId = await harness.submit();
  await eventually(() => harness.finished.length > 0, 110_000);
  expect(await harness.outcomeOf(jobId)).toMatchObject({ kind: 'succeeded', manifest: { rows: 6_000_000 } });
  await harness.close();
  expect(stored).toBeGreaterThan(200_000_000);
  // Pieces have 57 KB, and what stands between the engine and the store holds some of them.
  expect(ahead).toBeLessThan(4 << 20);
});
