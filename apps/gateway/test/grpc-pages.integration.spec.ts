import { once } from 'node:events';
import { status, type ClientReadableStream } from '@grpc/grpc-js';
import { datasetsList, queryRun, SluiceError, type QueryAnswer, type RunQuery } from '@sluice/contracts';
import { startHarness, type Harness } from './gateway-harness.js';
import { GrpcClient, readAll } from './grpc-client.js';
import { until } from './until.js';

jest.setTimeout(120_000);

const ROWS = 500;
const grpc = { host: '127.0.0.1', port: 0, tls: null };

interface Page {
  readonly number: number;
  readonly body: Buffer;
  readonly facts: { readonly hasMore: boolean; readonly nextCursor?: string };
}
interface PageQuery {
  readonly page: { readonly limit: number; readonly offset?: number; readonly after?: string };
}

/** The rows 0 to 499, as a query service would answer them: a row a line, `cursor-n` after the row n - 1. */
function pageOf({ body }: RunQuery, fill = 0): QueryAnswer {
  const { page } = body as PageQuery;
  const start = page.after === undefined ? (page.offset ?? 0) : Number(page.after.slice('cursor-'.length));
  const end = Math.min(ROWS, start + page.limit);
  const lines = Array.from({ length: end - start }, (_, at) => `{"row":${String(start + at)}}\n`);
  const hasMore = end < ROWS;
  const known = { totalRows: ROWS, totalIsExact: true, cached: false, queryId: 'q', dataVersion: 'd' };
  return {
    status: 200,
    etag: '"e"',
    contentType: 'application/x-ndjson; charset=utf-8',
    body: [Buffer.from(lines.join('')), Buffer.alloc(fill, 0x20)],
    facts: { ...known, hasMore, next: hasMore ? `cursor-${String(end)}` : null },
  };
}

const rowsIn = (pages: readonly Page[]): number[] =>
  pages
    .flatMap(({ body }) => body.toString().split('\n'))
    .filter((line) => line.trim() !== '')
    .map((line) => (JSON.parse(line) as { row: number }).row);
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);
const walk = (page: PageQuery['page'], more: object = {}) => ({
  query: Buffer.from(JSON.stringify({ dataset: 'flights', page })),
  form: 'PAGE_FORM_NDJSON',
  ...more,
});

describe('streams of pages', () => {
  let harness: Harness;
  let client: GrpcClient;
  let token: string;

  beforeAll(async () => {
    harness = await startHarness({ config: { grpc } });
    client = new GrpcClient(`127.0.0.1:${String(harness.gateway.grpcPort)}`);
    token = await harness.issuer.token();
  });
  afterAll(async () => {
    client.close();
    await harness.stop();
  });
  beforeEach(() => {
    harness.bus.reset();
    harness.audit.records.length = 0;
  });

  const pages = (request: object, asked: object = {}): ClientReadableStream<Page> =>
    client.stream<Page>('QueryService/QueryPages', request as never, { token, ...asked });
  const bodies = () =>
    harness.bus.asked
      .filter(({ name }) => name === queryRun.name)
      .map(({ message }) => (message as RunQuery).body as PageQuery);

  it('hold every row exactly once, each page asked for by the cursor of the one before', async () => {
    harness.bus.on(queryRun, (message) => pageOf(message));
    const { messages, end } = await readAll(pages(walk({ limit: 7 })));
    expect(end).toBeNull();
    expect(rowsIn(messages)).toEqual(numbers(0, ROWS));
    expect(messages.map(({ number }) => number)).toEqual(numbers(1, 73));
    expect(messages.at(-1)?.facts).toMatchObject({ hasMore: false, totalRows: ROWS });
    expect(bodies()).toHaveLength(72);
    expect(bodies()[71]).toEqual({ dataset: 'flights', page: { limit: 7, after: 'cursor-497' } });
  });

  it('begin where the query says, and go on from where another stream has ended', async () => {
    harness.bus.on(queryRun, (message) => pageOf(message));
    const first = await readAll(pages(walk({ limit: 10, offset: 100 }, { maxPages: 3 })));
    expect(rowsIn(first.messages)).toEqual(numbers(100, 130));
    expect(bodies()[1]).toEqual({ dataset: 'flights', page: { limit: 10, after: 'cursor-110' } });
    const { hasMore, nextCursor } = first.messages.at(-1)!.facts;
    expect(hasMore).toBe(true);
    const rest = await readAll(pages(walk({ limit: 100, after: nextCursor! })));
    expect(rowsIn(rest.messages)).toEqual(numbers(130, ROWS));
  });

  it('end with what a page is refused for, after the pages before it', async () => {
    harness.bus.on(queryRun, (message) => {
      const { after } = (message.body as PageQuery).page;
      if (after !== 'cursor-200') return pageOf(message);
      throw new SluiceError('overloaded', 'Too many wait.', { retryAfter: 3 });
    });
    const { messages, end } = await readAll(pages(walk({ limit: 100 })));
    expect(rowsIn(messages)).toEqual(numbers(0, 200));
    expect(end).toMatchObject({
      code: status.UNAVAILABLE,
      trailers: { 'sluice-code': 'overloaded', 'retry-after': '3' },
    });
  });

  it('ask for no page before the one before it is on its way to the reader', async () => {
    // More than the windows of a connection hold, so that a reader that takes nothing is felt.
    harness.bus.on(queryRun, (message) => pageOf(message, 300_000));
    harness.bus.on(datasetsList, () => []);
    const stream = pages(walk({ limit: 1 }));
    stream.on('error', () => undefined);
    // One page is taken, then no more; the client itself keeps sixteen.
    await once(stream, 'data');
    stream.pause();
    // The server has every chance to run ahead: it answers two hundred calls meanwhile.
    const busy = new GrpcClient(`127.0.0.1:${String(harness.gateway.grpcPort)}`);
    for (let at = 0; at < 200; at += 1) await busy.ask('QueryService/ListDatasets', {}, { token });
    busy.close();
    expect(bodies().length).toBeLessThan(40);
    const taken: Page[] = [];
    for await (const page of stream) if (taken.push(page as Page) === 40) break;
    stream.cancel();
    expect(rowsIn(taken)).toEqual(numbers(1, 41));
  });

  it('stop when the reader leaves, in the middle of a page or between two', async () => {
    let aborted = 0;
    harness.bus.on(queryRun, async (message, { signal }) => {
      if ((message.body as PageQuery).page.after !== 'cursor-20') return pageOf(message);
      await once(signal!, 'abort');
      aborted += 1;
      throw new SluiceError('query-canceled', 'The caller went away.');
    });
    const inPage = pages(walk({ limit: 10 }));
    const left = once(inPage, 'error');
    inPage.resume();
    await until(() => bodies().length === 3);
    inPage.cancel();
    await left;
    await until(() => aborted === 1);

    let walked = 0;
    harness.bus.on(queryRun, (message) => {
      walked += 1;
      return pageOf(message, 300_000);
    });
    const between = pages(walk({ limit: 1 }));
    const gone = once(between, 'error');
    await once(between, 'data');
    between.cancel();
    await gone;
    // The place is given back only when the walk has ended, and there are ten of them.
    await until(async () => (await tenAtOnce()).every((code) => code === status.OK));
    expect(walked).toBeLessThan(ROWS);
    expect(harness.audit.records.filter(({ code }) => code !== 'rate-limited')).toEqual([]);
  });

  /** Ten short streams that wait for each other. */
  async function tenAtOnce(): Promise<status[]> {
    let [waiting, open]: [number, () => void] = [0, () => undefined];
    const all = new Promise<void>((resolve) => (open = resolve));
    harness.bus.on(queryRun, async (message) => {
      if ((waiting += 1) === 10) open();
      await all;
      return pageOf(message);
    });
    const streams = numbers(0, 10).map(async () => {
      const { end } = await readAll(pages(walk({ limit: 500 })));
      if (end !== null) open();
      return end?.code ?? status.OK;
    });
    return Promise.all(streams);
  }

  it('are ten at most for one client, whatever others do', async () => {
    expect(await tenAtOnce()).toEqual(Array.from({ length: 10 }, () => status.OK));
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    harness.bus.on(queryRun, async (message) => {
      await gate;
      return pageOf(message);
    });
    const before = bodies().length;
    const held = numbers(0, 10).map(() => readAll(pages(walk({ limit: 500 }))));
    await until(() => bodies().length === before + 10);
    const { end } = await readAll(pages(walk({ limit: 500 })));
    expect(end).toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      problem: { code: 'rate-limited', limit: { name: 'pageStreamsPerClient', value: 10 } },
    });
    const other = await harness.issuer.token({ client_id: 'other' });
    const others = readAll(pages(walk({ limit: 500 }), { token: other }));
    await until(() => bodies().length === before + 11);
    open();
    for (const { messages } of await Promise.all([...held, others])) expect(messages).toHaveLength(1);
  });

  it('end when the token does', async () => {
    // A token may be 30 s past its end, for clocks that differ: this one is good for two seconds more.
    const exp = Math.floor(Date.now() / 1_000) - 28;
    const short = await harness.issuer.token({ exp });
    harness.bus.on(queryRun, async (message) => {
      if ((message.body as PageQuery).page.after !== undefined)
        await until(() => Date.now() > (exp + 31) * 1_000);
      return pageOf(message);
    });
    const { messages, end } = await readAll(pages(walk({ limit: 1 }), { token: short }));
    expect(end).toMatchObject({
      code: status.UNAUTHENTICATED,
      trailers: { 'sluice-code': 'unauthenticated' },
    });
    // On a machine that slow it may have ended before the first page.
    expect(messages.length).toBeLessThanOrEqual(2);
    expect(harness.audit.records).toMatchObject([{ action: 'denied', code: 'unauthenticated' }]);
  });
});
