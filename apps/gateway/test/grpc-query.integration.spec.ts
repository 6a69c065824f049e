import { once } from 'node:events';
import { status } from '@grpc/grpc-js';
import {
  datasetsDescribe,
  datasetsList,
  queryExplain,
  queryRun,
  SluiceError,
  type RunQuery,
} from '@sluice/contracts';
import { startHarness, type Harness } from './gateway-harness.js';
import { GrpcClient, SERVICES } from './grpc-client.js';
import { explanation, pageAs, queryAnswer, queryText } from './sample-answers.js';
import { until } from './until.js';

jest.setTimeout(120_000);

const QUERY = '{"dataset":"flights","page":{"limit":1}}';
const grpc = { host: '127.0.0.1', port: 0, tls: null };
const facts = {
  hasMore: false,
  next: null,
  totalRows: 1,
  totalIsExact: true,
  cached: false,
  queryId: 'q1',
  dataVersion: 'd1',
};
const jsonAnswer = { ...queryAnswer, facts };

describe('queries over gRPC', () => {
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
    harness.audit.failing = false;
  });

  const query = (text: string | Buffer, more: object = {}) => ({ query: Buffer.from(text), ...more });
  const ask = (request: object, asked: object = {}) =>
    client.ask('QueryService/Query', request as never, { token, ...asked });

  it('asks the same question as HTTP, and answers with the same bytes', async () => {
    harness.bus.on(queryRun, () => jsonAnswer);
    const http = await harness.ask('/api/v1/query', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-request-id': 'r-1',
        authorization: `Bearer ${token}`,
      },
      body: QUERY,
    });
    const told = await ask(query(QUERY), { metadata: { 'x-request-id': 'r-1' } });
    const [first, second] = harness.bus.asked;
    expect(second).toMatchObject({ name: 'query.run', message: first?.message });
    expect(told.reply).toMatchObject({
      notModified: false,
      etag: '"e1"',
      contentType: http.headers.get('content-type'),
      body: Buffer.from(await http.arrayBuffer()),
      facts: { hasMore: false, totalRows: 1, totalIsExact: true, queryId: 'q1', dataVersion: 'd1' },
    });
    expect(told.reply?.['body']).toEqual(Buffer.from(queryText));
    expect(told.headers).toMatchObject({ 'sluice-request-id': 'r-1' });
    expect(harness.audit.records).toEqual([]);
  });

  it('passes on form, tags and cache, and says that nothing has changed', async () => {
    const asked: RunQuery[] = [];
    harness.bus.on(queryRun, (message) => {
      asked.push(message);
      return message.ifNoneMatch === '"e1"' ? { ...jsonAnswer, status: 304, body: [] } : pageAs('csv');
    });
    const page = await ask(query(QUERY, { form: 'PAGE_FORM_CSV', noCache: true }));
    expect(page.reply).toMatchObject({
      contentType: 'text/csv; charset=utf-8; header=present',
      body: Buffer.from('big\r\n9007199254740993\r\n'),
      facts: { hasMore: true, nextCursor: 'cursor-1', totalRows: 7 },
    });
    const kept = await ask(query(QUERY, { ifNoneMatch: '"e1"' }));
    expect(kept.reply).toMatchObject({ notModified: true, etag: '"e1"', facts: null });
    expect(asked).toMatchObject([
      { form: 'csv', noCache: true, ifNoneMatch: null },
      { form: 'json', noCache: false, ifNoneMatch: '"e1"' },
    ]);
    // Without a deadline the service's own limit is the only one.
    expect(asked.every((message) => !('timeoutMs' in message))).toBe(true);
  });

  it('explains, lists and describes', async () => {
    const dataset = {
      name: 'flights',
      description: 'All flights',
      default: true,
      key: ['flight_id'],
      tenantColumn: 'state',
      columns: [{ name: 'origin', type: 'text', masked: false, description: '', treatment: 'clear' }],
      relations: [{ name: 'airport', dataset: 'airports', columns: ['city'] }],
      largeTable: { rows: 5_000_000_000, conditionOn: ['departed_at'] },
    };
    harness.bus.on(queryExplain, () => explanation);
    harness.bus.on(datasetsList, () => [{ name: 'flights', description: 'All flights', default: true }]);
    harness.bus.on(datasetsDescribe, ({ name }) => ({ ...dataset, name }));
    const explained = await client.ask('QueryService/Explain', query(QUERY), { token });
    expect(JSON.parse(String(explained.reply?.['explanation']))).toEqual(explanation);
    const listed = await client.ask('QueryService/ListDatasets', {}, { token });
    expect(listed.reply).toEqual({
      datasets: [{ name: 'flights', description: 'All flights', default: true }],
    });
    const described = await client.ask('QueryService/DescribeDataset', { name: 'trips' }, { token });
    expect(described.reply).toMatchObject({ ...dataset, name: 'trips' });
  });

  it('lets nobody in without a token, whatever the method, and records that', async () => {
    const methods = Object.entries(SERVICES).flatMap(([service, definition]) =>
      Object.keys(definition).map((name) => `${service}/${name}`),
    );
    const governed = methods.filter((method) => method.startsWith('sluice.'));
    expect(governed).toHaveLength(10);
    for (const method of governed) {
      const told = await client.ask(method, {}, { metadata: { 'x-request-id': 'r-2' } });
      expect(told).toMatchObject({
        code: status.UNAUTHENTICATED,
        details: 'A bearer token is required.',
        trailers: { 'sluice-code': 'unauthenticated', 'sluice-request-id': 'r-2' },
        problem: { status: 401, code: 'unauthenticated', requestId: 'r-2', instance: `/${method}` },
      });
    }
    expect(harness.audit.records).toHaveLength(governed.length);
    expect(harness.audit.records[0]).toMatchObject({
      action: 'denied',
      status: 401,
      address: '127.0.0.1',
      requestId: 'r-2',
      clientId: null,
    });
    expect(harness.bus.asked).toEqual([]);
    const health = await client.ask('grpc.health.v1.Health/Check', { service: 'sluice.v1.QueryService' });
    expect(health.reply).toEqual({ status: 'SERVING' });
    expect((await client.ask('grpc.health.v1.Health/Check', { service: 'x' })).code).toBe(status.NOT_FOUND);
  });

  it('refuses bad tokens, and tokens without tenant or role', async () => {
    const expired = await harness.issuer.token({ exp: 1 });
    for (const bad of ['x', 'x y', expired, `${token}x`]) {
      expect(await ask(query(QUERY), { token: bad })).toMatchObject({ code: status.UNAUTHENTICATED });
    }
    const homeless = await harness.issuer.token({ tenants: [] });
    expect(await ask(query(QUERY), { token: homeless })).toMatchObject({
      code: status.PERMISSION_DENIED,
      trailers: { 'sluice-code': 'tenant-required' },
    });
    const useless = await harness.issuer.token({ roles: ['other'] });
    expect(await ask(query(QUERY), { token: useless })).toMatchObject({
      code: status.PERMISSION_DENIED,
      trailers: { 'sluice-code': 'role-required' },
    });
    expect(harness.audit.records.map(({ status: told }) => told)).toEqual([401, 401, 401, 401, 403, 403]);
  });

  it('answers a stranger before its message has come', async () => {
    const large = query(Buffer.alloc(1_000_000, 0x20));
    expect(await ask(large, { token: null })).toMatchObject({ code: status.UNAUTHENTICATED });
    expect(await ask(query(Buffer.alloc(2_000_000, 0x20)), { token: null })).toMatchObject({
      code: status.UNAUTHENTICATED,
    });
  });

  it('reads the text as strictly as HTTP does, and within the same limit', async () => {
    const refusals: readonly [string | Buffer, string, status][] = [
      ['', 'invalid-request', status.INVALID_ARGUMENT],
      ['{', 'invalid-json', status.INVALID_ARGUMENT],
      ['{"a":1,"a":2}', 'invalid-json', status.INVALID_ARGUMENT],
      [Buffer.of(0x22, 0xff, 0x22), 'invalid-json', status.INVALID_ARGUMENT],
      [Buffer.alloc(1_048_577, 0x20), 'body-too-large', status.RESOURCE_EXHAUSTED],
    ];
    for (const [text, code, expected] of refusals) {
      const told = await ask(query(text));
      expect(told).toMatchObject({ code: expected, trailers: { 'sluice-code': code } });
    }
    expect(harness.audit.records.map(({ code }) => code)).toEqual(refusals.map(([, code]) => code));
    // What is far larger is refused by the transport, before it is held in memory.
    const huge = await ask(query(Buffer.alloc(1_200_000, 0x20)));
    expect(huge.code).toBe(status.RESOURCE_EXHAUSTED);
    expect(await ask(query(QUERY, { form: 7 }))).toMatchObject({ code: status.INVALID_ARGUMENT });
    expect(harness.bus.asked).toEqual([]);
  });

  it('carries the deadline on, and stops the query when it passes', async () => {
    let asked: RunQuery | undefined;
    harness.bus.on(queryRun, async (message, { signal, timeoutMs }) => {
      asked = message;
      expect(timeoutMs).toBeLessThanOrEqual(400);
      await once(signal!, 'abort');
      throw new SluiceError('query-canceled', 'The caller went away.');
    });
    const told = await ask(query(QUERY), { options: { deadline: Date.now() + 400 } });
    expect(told.code).toBe(status.DEADLINE_EXCEEDED);
    // Under load the deadline may have passed before the server was reached: then nothing was asked at all.
    if (asked !== undefined) {
      expect(asked.timeoutMs).toBeLessThanOrEqual(400);
      await until(() => harness.bus.asked[0]!.signal.aborted);
    }
  });

  it('stops the query of a caller that cancels', async () => {
    const aborted: string[] = [];
    harness.bus.on(queryRun, async (_, { signal }) => {
      aborted.push('asked');
      await once(signal!, 'abort');
      aborted.push('aborted');
      throw new SluiceError('query-canceled', 'The caller went away.');
    });
    const stream = client.stream('QueryService/QueryPages', query(QUERY), { token });
    const ended = once(stream, 'error');
    await until(() => aborted.length === 1);
    stream.cancel();
    expect(await ended).toMatchObject([{ code: status.CANCELLED }]);
    await until(() => aborted.length === 2);
    expect(harness.audit.records).toEqual([]);
  });
});
