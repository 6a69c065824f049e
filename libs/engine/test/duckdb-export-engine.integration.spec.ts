import { CsvOptions, DEFAULT_CSV_OPTIONS } from '@sluice/contracts';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { CopyEncoding, EngineCopy } from '../src/analytic-engine.js';
import {
  DuckDbExportEngine,
  DuckDbExportEngineOptions,
  openDuckDbExportEngine,
} from '../src/duckdb/duckdb-export-engine.js';
import { eventually, fastest, integer, makeTable, statement, temporaryFolder, text } from './make-table.js';

const ROWS = 600_000;
const BAD_ROW = 400_000;
const folder = temporaryFolder();
const errors: unknown[] = [];
let engine: DuckDbExportEngine;
let workDir = '';

beforeAll(async () => {
  const wide = `select i as id, 'row ' || i as name, i::decimal(12,2) as price, repeat('x', 40) as pad from range(${ROWS}) r(i)`;
  await makeTable(join(folder.path, 'data'), 'flights', '1', wide);
  workDir = join(folder.path, 'work');
  await mkdir(join(workDir, 'copy-of-a-killed-process', 'spill'), { recursive: true });
  await writeFile(join(workDir, 'copy-of-a-killed-process', 'spill', 'x'), 'rows');
  await open();
});

afterEach(async () => {
  await eventually(async () => (await readdir(workDir)).length === 0);
  expect(errors).toEqual([]);
});

afterAll(() => engine.close());

async function open(options: Partial<DuckDbExportEngineOptions> = {}): Promise<void> {
  engine = await openDuckDbExportEngine({
    dataDir: join(folder.path, 'data'),
    workDir,
    memoryLimit: '256MB',
    maxSpill: '100MB',
    concurrency: 2,
    maxWaiting: 0,
    waitTimeoutMs: 100,
    onError: (error) => errors.push(error),
    ...options,
  });
}

interface Running {
  readonly copy: EngineCopy;
  readonly abort: AbortController;
}

async function copy(
  sql: string,
  options: {
    csv?: Partial<CsvOptions>;
    timeoutMs?: number;
    parameters?: Parameters<typeof statement>[1][];
  } = {},
): Promise<Running> {
  const abort = new AbortController();
  const run = { signal: abort.signal, timeoutMs: options.timeoutMs ?? 60_000 };
  const csv = { ...DEFAULT_CSV_OPTIONS, ...options.csv };
  return {
    copy: await engine.copy(statement(sql, ...(options.parameters ?? [])), { kind: 'csv', csv }, run),
    abort,
  };
}

async function read(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const ROW_TEXT = `concat('{"id":', a.id, ',"name":"', a.name, '","pad":"', a.pad, '"}')`;
const ALL = 'select * from "flights"."main"."rows"';
/** Fails in the middle of the scan, long after the first bytes were handed over. */
const FAILS_MIDWAY = `select id, cast(case when id = ${BAD_ROW} then 'bad' else '1' end as integer) as n, pad from "flights"."main"."rows"`;

describe('a copy', () => {
  it('delivers exactly the rows of the query, in its order, with its parameters', async () => {
    const sql =
      'select id, name, price from "flights"."main"."rows" where id < $1 and name <> $2 order by id desc nulls last';
    const running = await copy(sql, { parameters: [integer(4n), text('row 2')] });
    expect(await read(running.copy.stream)).toBe(
      'id,name,price\r\n3,row 3,3.00\r\n1,row 1,1.00\r\n0,row 0,0.00\r\n',
    );
    await expect(running.copy.rows).resolves.toBe(3);
    expect(running.copy.dataVersion).toMatch(/^[0-9a-f]{64}$/);
  });

  it('writes CSV by RFC 4180 with the options asked for', async () => {
    const values = `(1, 'a;b'), (2, 'say "hi"'), (3, 'two' || chr(10) || 'lines'), (4, ''), (5, null), (6, 'ä☃😀'), (7, 'cr' || chr(13))`;
    const running = await copy(`select * from (values ${values}) v(n, t) order by n`, {
      csv: { delimiter: ';', bom: true, nullText: 'NULL' },
    });
    expect(await read(running.copy.stream)).toBe(
      '\uFEFFn;t\r\n1;"a;b"\r\n2;"say ""hi"""\r\n3;"two\nlines"\r\n4;\r\n5;NULL\r\n6;ä☃😀\r\n7;"cr\r"\r\n',
    );
    await expect(running.copy.rows).resolves.toBe(7);
  });

  it('tells an empty text from a NULL', async () => {
    const running = await copy(`select '' as a, null as b, 1 as c`);
    expect(await read(running.copy.stream)).toBe('a,b,c\r\n"",,1\r\n');
  });

  it('writes a header alone when there is no row', async () => {
    const running = await copy('select id from "flights"."main"."rows" where id < 0');
    expect(await read(running.copy.stream)).toBe('id\r\n');
    await expect(running.copy.rows).resolves.toBe(0);
  });

  it('streams a large result whole', async () => {
    const running = await copy(ALL);
    const lines = (await read(running.copy.stream)).split('\r\n');
    expect(lines).toHaveLength(ROWS + 2);
    await expect(running.copy.rows).resolves.toBe(ROWS);
  });

  it('refuses options that make the file ambiguous', async () => {
    for (const csv of [{ delimiter: "'" }, { delimiter: ',,' }, { nullText: 'a,b' }, { nullText: '"' }]) {
      await expect(copy('select 1', { csv })).rejects.toMatchObject({ code: 'invalid-request' });
    }
  });
});

it('delivers every row also when they may come in any order', async () => {
  const options = { signal: new AbortController().signal, timeoutMs: 60_000, anyOrder: true };
  const encoding = { kind: 'lines' } as const;
  const running = await engine.copy(
    statement(`select ${ROW_TEXT} from "flights"."main"."rows" a`),
    encoding,
    options,
  );
  const lines = (await read(running.stream)).trimEnd().split('\n');
  await expect(running.rows).resolves.toBe(ROWS);
  const ids = new Set(lines.map((line) => (JSON.parse(line) as { id: number }).id));
  expect([lines.length, ids.size]).toEqual([ROWS, ROWS]);
});

describe('a copy that does not end well', () => {
  it('never looks whole when the engine fails midway', async () => {
    const { copy: failing } = await copy(FAILS_MIDWAY);
    await expect(read(failing.stream)).rejects.toMatchObject({ code: 'internal' });
    await expect(failing.rows).rejects.toMatchObject({
      code: 'internal',
      message: expect.not.stringContaining('bad') as string,
    });
  });

  it('stops within a second when it is canceled midway', async () => {
    const took = await fastest(1_500, async () => {
      const running = await copy(ALL);
      running.copy.stream.once('data', () => {
        running.abort.abort();
      });
      await expect(read(running.copy.stream)).rejects.toMatchObject({ code: 'query-canceled' });
      await expect(running.copy.rows).rejects.toMatchObject({ code: 'query-canceled' });
    });
    expect(took).toBeLessThan(1_500);
  });

  it('stops at its time limit, also when nobody reads', async () => {
    const running = await copy(ALL, { timeoutMs: 300 });
    await expect(running.copy.rows).rejects.toMatchObject({ code: 'query-timeout' });
    expect(running.copy.stream.destroyed).toBe(true);
  });

  it.each([0, 1, 3, 10, 30, 100])('is canceled when the reader walks away after %d ms', async (delay) => {
    for (let i = 0; i < 5; i += 1) {
      const running = await copy(ALL);
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
      running.copy.stream.destroy();
      await expect(running.copy.rows).rejects.toMatchObject({ code: 'query-canceled' });
      await eventually(async () => (await readdir(workDir)).length === 0);
    }
  });

  it('is canceled when the reader walks away from the very last bytes', async () => {
    const running = await copy('select 1 as a');
    await new Promise((resolve) => setTimeout(resolve, 100));
    running.copy.stream.destroy();
    await expect(running.copy.rows).rejects.toMatchObject({ code: 'query-canceled' });
  });

  it('does not start when it is canceled before', async () => {
    const signal = AbortSignal.abort();
    const starting = engine.copy(
      statement(ALL),
      { kind: 'csv', csv: DEFAULT_CSV_OPTIONS },
      { signal, timeoutMs: 60_000 },
    );
    await expect(starting).rejects.toMatchObject({ code: 'query-canceled' });
  });

  it('can reach no file but its own pipe', async () => {
    const attempt = await copy(`select * from read_text('/etc/hostname')`);
    await expect(read(attempt.copy.stream)).rejects.toMatchObject({ code: 'internal' });
  });

  it('is turned away when too many run', async () => {
    const running = [await copy(ALL), await copy(ALL)];
    await expect(copy(ALL)).rejects.toMatchObject({ code: 'overloaded' });
    running.forEach(({ copy: { stream } }) => stream.destroy());
  });
});

it.each<[CopyEncoding['kind'], boolean]>([
  ['csv', false],
  ['csv', true],
  ['lines', false],
  ['lines', true],
  ['parquet', false],
  ['parquet', true],
])('holds memory flat when the reader of %s is slow (in any order: %p)', async (kind, anyOrder) => {
  const columns = kind === 'lines' ? ROW_TEXT : 'a.*, b.i';
  const running = await engine.copy(
    statement(`select ${columns} from "flights"."main"."rows" a, range(10) b(i)`),
    kind === 'csv' ? { kind, csv: DEFAULT_CSV_OPTIONS } : { kind: kind as 'lines' | 'parquet' },
    { signal: new AbortController().signal, timeoutMs: 60_000, anyOrder },
  );
  const before = process.memoryUsage().rss;
  let peak = 0;
  let chunks = 0;
  for await (const chunk of running.stream) {
    expect((chunk as Buffer).length).toBeGreaterThan(0);
    peak = Math.max(peak, process.memoryUsage().rss);
    if (++chunks === 20) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect((peak - before) / 2 ** 20).toBeLessThan(150);
  await expect(running.rows).rejects.toMatchObject({ code: 'query-canceled' });
});

it('wipes what a killed process left, and closes what runs', async () => {
  expect(existsSync(join(workDir, 'copy-of-a-killed-process'))).toBe(false);
  const running = await copy(ALL);
  await engine.close();
  await expect(running.copy.rows).rejects.toMatchObject({ code: 'query-canceled' });
  await open();
});
