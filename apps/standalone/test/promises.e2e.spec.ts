import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { RunningProgram } from './running-program.js';

/** What a user is promised, over HTTP against the running program. */
let program: RunningProgram;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice e2e '));
  program = await RunningProgram.start({ home, env: { SLUICE_DEMO_ORDERS: '20000' } });
});
afterAll(async () => {
  await program.stop();
  await rm(home, { recursive: true, force: true });
});

interface Page {
  readonly rows: readonly Record<string, unknown>[];
  readonly page: { readonly hasMore: boolean; readonly next: string | null };
  readonly meta: { readonly totalRows: number };
}

interface Job {
  readonly jobId: string;
  readonly state: string;
  readonly result: {
    readonly rows: number;
    readonly bytes: number;
    readonly sha256: string;
    readonly downloadUrl: string;
  } | null;
}

const orders = {
  dataset: 'orders',
  select: ['order_id', 'product', 'quantity', 'unit_price', 'customer.name as customer'],
  filter: {
    and: [
      { column: 'quantity', op: 'gte', value: 2 },
      { column: 'status', op: 'ne', value: 'nothing' },
    ],
  },
  sort: ['unit_price desc'],
};

async function succeeded(token: string, location: string): Promise<Job> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const job = (await (await program.call(token, 'GET', location)).json()) as Job;
    if (job.state === 'Succeeded') return job;
    if (job.state === 'Failed') throw new Error(JSON.stringify(job));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The export did not end.');
}

/** Reads RFC 4180 by its own rules: CRLF, quotes doubled. */
function readCsv(text: string): readonly string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    if (end === '' && quoted === undefined && plain === '' && row.length === 0) break;
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end !== ',') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

/** All rows of a query, walked page by page. */
async function walk(token: string, query: object): Promise<readonly Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  let after: string | null = null;
  do {
    const page: object = after === null ? { limit: 5_000 } : { limit: 5_000, after };
    const answer = (await (
      await program.call(token, 'POST', '/api/v1/query', { ...query, page, numbers: 'string' })
    ).json()) as Page;
    rows.push(...answer.rows);
    after = answer.page.next;
  } while (after !== null);
  return rows;
}

describe('the running program', () => {
  it('prints lines that work when pasted, and no secret', async () => {
    const lines = program
      .output()
      .split('\n')
      .filter((line) => /^ {2}(TOKEN=|curl )/.test(line));
    expect(lines).toHaveLength(3);
    const { stdout } = await promisify(execFile)('bash', ['-c', lines.join('\necho\n')], { timeout: 50_000 });
    const [, page, job] = stdout.split('\n');
    expect(JSON.parse(page!)).toMatchObject({ page: { returned: 5, hasMore: true } });
    expect(JSON.parse(job!)).toMatchObject({
      format: 'csv',
      state: expect.stringMatching(/Pending|Running|Succeeded/),
    });
    const clients = JSON.parse(await readFile(join(home, 'demo-clients.json'), 'utf8')) as {
      clientSecret: string;
    }[];
    for (const { clientSecret } of clients) expect(program.output()).not.toContain(clientSecret);
  });

  it('answers a viewer who asks for 100 rows with at most 100, of its own tenant', async () => {
    const token = await program.token('ca-viewer');
    const answer = await program.call(token, 'POST', '/api/v1/query', {
      dataset: 'flights',
      page: { limit: 100 },
    });
    expect(answer.status).toBe(200);
    const page = (await answer.json()) as Page;
    expect(page.rows).toHaveLength(100);
    expect(new Set(page.rows.map((row) => row['tenant_id']))).toEqual(new Set(['CA']));
    expect(page.meta.totalRows).toBe(370_248);
  });

  it('answers all four forms of the query resource alike', async () => {
    const token = await program.token('tx-viewer');
    const body = {
      dataset: 'flights',
      select: ['origin', 'origin_airport.city as city'],
      page: { limit: 3 },
      count: 'none',
    };
    const texts = [];
    for (const [method, path, sent] of [
      ['POST', '/api/v1/query', body],
      ['QUERY', '/api/v1/query', body],
      ['GET', `/api/v1/query?q=${encodeURIComponent(JSON.stringify(body))}`, undefined],
    ] as const) {
      const answer = await program.call(token, method, path, sent);
      expect(answer.status).toBe(200);
      texts.push((await answer.text()).replace(/,"meta".*/, ''));
    }
    expect(new Set(texts).size).toBe(1);
  });

  it('exports what an exporter asks for: 202, a job that succeeds, a signed URL with exactly the rows of the query', async () => {
    const token = await program.token('ca-exporter');
    const accepted = await program.call(token, 'POST', '/api/v1/exports', {
      queryDefinition: orders,
      format: 'csv',
      options: { csv: { rawText: true } },
    });
    expect(accepted.status).toBe(202);
    const location = accepted.headers.get('location')!;
    const { jobId } = (await accepted.json()) as Job;
    expect(location).toBe(`/api/v1/exports/${jobId}`);
    const job = await succeeded(token, location);
    const file = await fetch(job.result!.downloadUrl);
    expect(file.status).toBe(200);
    const bytes = Buffer.from(await file.arrayBuffer());
    expect(bytes.length).toBe(job.result!.bytes);
    const [header, ...rows] = readCsv(bytes.toString());
    const expected = await walk(token, orders);
    expect(header).toEqual(['order_id', 'product', 'quantity', 'unit_price', 'customer']);
    expect(rows).toHaveLength(job.result!.rows);
    expect(rows).toEqual(
      expected.map((row) => Object.values(row).map((value) => (value === null ? '' : String(value)))),
    );
    expect(new Set(rows.map((row) => row[4]))).toEqual(new Set(['***']));
  });

  it('answers the same payload within the hour with the first job', async () => {
    const token = await program.token('tx-exporter');
    const payload = { queryDefinition: { ...orders, select: ['order_id'] }, format: 'csv' };
    const first = await program.call(token, 'POST', '/api/v1/exports', payload);
    const again = await program.call(token, 'POST', '/api/v1/exports', {
      format: 'csv',
      queryDefinition: { ...payload.queryDefinition, sort: [{ column: 'unit_price', direction: 'desc' }] },
    });
    expect([first.status, again.status]).toEqual([202, 200]);
    expect(((await again.json()) as Job).jobId).toBe(((await first.json()) as Job).jobId);
    const foreign = await program.call(
      await program.token('ca-exporter'),
      'GET',
      first.headers.get('location')!,
    );
    expect(foreign.status).toBe(404);
  });

  it('refuses: another tenant 403, no limit 400, no token 401, a viewer who exports 403', async () => {
    const viewer = await program.token('ca-viewer');
    const texas = {
      dataset: 'flights',
      filter: { column: 'tenant_id', op: 'eq', value: 'TX' },
      page: { limit: 1 },
    };
    const attempts = [
      [viewer, '/api/v1/query', texas, 403, 'tenant-forbidden', '/filter/column'],
      [viewer, '/api/v1/query', { dataset: 'flights' }, 400, 'page-required', '/page'],
      [null, '/api/v1/query', { dataset: 'flights', page: { limit: 1 } }, 401, 'unauthenticated', undefined],
      [
        viewer,
        '/api/v1/exports',
        { queryDefinition: orders, format: 'csv' },
        403,
        'role-required',
        undefined,
      ],
    ] as const;
    for (const [token, path, body, status, code, pointer] of attempts) {
      const answer = await program.call(token, 'POST', path, body);
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(await answer.json()).toMatchObject({
        status,
        code,
        requestId: expect.any(String),
        ...(pointer ? { pointer } : {}),
      });
    }
  });

  it('masks personal data for all but the admin', async () => {
    const query = {
      dataset: 'customers',
      select: ['customer_id', 'email', 'birth_date'],
      page: { limit: 50 },
    };
    for (const [clientId, isMasked] of [
      ['ca-viewer', true],
      ['ca-exporter', true],
      ['ca-admin', false],
    ] as const) {
      const answer = await program.call(await program.token(clientId), 'POST', '/api/v1/query', query);
      const emails = ((await answer.json()) as Page).rows.map((row) => row['email']);
      expect(emails.every((email) => email === '***')).toBe(isMasked);
    }
  });

  it('tells how it is, what it can and what it did', async () => {
    for (const path of ['/healthz', '/readyz'])
      expect((await program.call(null, 'GET', path)).status).toBe(200);
    expect(await (await program.call(null, 'GET', '/metrics')).text()).toContain('# TYPE');
    expect((await program.call(null, 'GET', '/docs')).status).toBe(200);
    const document = (await (await program.call(null, 'GET', '/docs/swagger/v1/swagger.json')).json()) as {
      openapi: string;
    };
    expect(document.openapi).toMatch(/^3\.1\./);
  });
});
