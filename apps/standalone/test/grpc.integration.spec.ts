import { status } from '@grpc/grpc-js';
import { GrpcClient, readAll } from '@sluice/gateway/test/grpc-client.js';
import { startWholeService, Tokens, type WholeService } from './non-interference/whole-service.js';

jest.setTimeout(120_000);

const ROWS = 2_000;
const TABLE = {
  sql: `select i::bigint as id, ['CA', 'TX'][1 + i % 2] as tenant_id, 'name ' || i as name, (i * 1.25)::decimal(38,2) as amount
    from range(${String(2 * ROWS)}) t(i)`,
  dataset: {
    name: 'people',
    tenant: 'tenant_id',
    key: ['id'],
    columns: {
      id: { type: 'integer' },
      tenant_id: { type: 'text' },
      name: { type: 'text', class: 'pii' },
      amount: { type: 'decimal(38,2)' },
    },
  },
};
const POLICY = { version: 1, classes: { pii: { viewer: 'mask', exporter: 'clear', admin: 'clear' } } };

interface Reply {
  readonly etag: string;
  readonly contentType: string;
  readonly body: Buffer;
  readonly facts: { readonly nextCursor?: string };
}
interface PageBody {
  readonly rows: readonly { readonly id: number; readonly name: string }[];
  readonly meta: Readonly<Record<string, unknown>>;
}

describe('gRPC and HTTP over the same services', () => {
  let tokens: Tokens;
  let service: WholeService;
  let client: GrpcClient;
  let token: string;

  beforeAll(async () => {
    tokens = await Tokens.start();
    service = await startWholeService([TABLE], POLICY, tokens, undefined, { SLUICE_GRPC_PORT: '0' });
    client = new GrpcClient(`127.0.0.1:${String(service.grpcPort)}`);
    token = await tokens.give(['CA'], 'viewer');
  });
  afterAll(async () => {
    client.close();
    await service.close();
    tokens.stop();
  });
  beforeEach(() => (service.records.length = 0));

  const overGrpc = (query: object, more: object = {}) =>
    client.ask<Reply>(
      'QueryService/Query',
      { query: Buffer.from(JSON.stringify(query)), ...more },
      { token },
    );
  const overHttp = async (query: object, accept = 'application/json') => {
    const answer = await fetch(`${service.url}/api/v1/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept },
      body: JSON.stringify(query),
    });
    return { answer, body: Buffer.from(await answer.arrayBuffer()) };
  };
  /** What differs from answer to answer, also over HTTP alone. */
  const withoutItsOwn = (body: Buffer) =>
    body.toString().replace(/"executionMs":[\d.]+|"queryId":"[^"]+"|"cached":(true|false)/g, '');

  const QUERY = { dataset: 'people', select: ['id', 'name', 'amount'], page: { limit: 100 } };

  it.each([
    ['PAGE_FORM_JSON', 'application/json'],
    ['PAGE_FORM_CSV', 'text/csv'],
    ['PAGE_FORM_NDJSON', 'application/x-ndjson'],
  ])('give the same bytes and the same record: %s', async (form, accept) => {
    const http = await overHttp(QUERY, accept);
    const grpc = await overGrpc(QUERY, { form });
    expect(grpc.code).toBe(status.OK);
    expect(withoutItsOwn(grpc.reply!.body)).toBe(withoutItsOwn(http.body));
    expect(grpc.reply).toMatchObject({
      etag: http.answer.headers.get('etag'),
      contentType: http.answer.headers.get('content-type'),
    });
    const [one, other] = service.records;
    const own = { id: expect.anything(), at: expect.anything(), durationMs: expect.anything() };
    expect(other).toEqual({ ...one, ...own, requestId: expect.any(String) });
    expect(other).toMatchObject({ action: 'query', status: 200, rows: 100, address: '127.0.0.1' });
  });

  it('mask the same column', async () => {
    const { reply } = await overGrpc(QUERY);
    const { rows } = JSON.parse(reply!.body.toString()) as PageBody;
    expect(new Set(rows.map(({ name }) => name))).toEqual(new Set(['***']));
    const filter = { column: 'name', op: 'eq', value: 'name 2' };
    expect(await overGrpc({ ...QUERY, filter })).toMatchObject({
      code: status.PERMISSION_DENIED,
      trailers: { 'sluice-code': 'column-masked', 'sluice-pointer': '/filter/column' },
    });
  });

  it('refuse another tenant, a query without a page and a dataset that is not there', async () => {
    const filter = { column: 'tenant_id', op: 'eq', value: 'TX' };
    const refusals: readonly [object, status, string][] = [
      [{ ...QUERY, filter }, status.PERMISSION_DENIED, 'tenant-forbidden'],
      [{ dataset: 'people' }, status.INVALID_ARGUMENT, 'page-required'],
      [{ ...QUERY, dataset: 'nobody' }, status.NOT_FOUND, 'unknown-dataset'],
    ];
    for (const [query, code, name] of refusals) {
      const grpc = await overGrpc(query);
      const http = JSON.parse((await overHttp(query)).body.toString()) as object;
      expect(grpc).toMatchObject({ code, trailers: { 'sluice-code': name } });
      const own = { requestId: expect.any(String) as unknown, instance: '/sluice.v1.QueryService/Query' };
      expect(grpc.problem).toEqual({ ...http, ...own });
    }
    expect(service.records.map(({ code }) => code)).toEqual(refusals.flatMap(([, , name]) => [name, name]));
  });

  it('walk every row of the caller exactly once', async () => {
    const query = Buffer.from(JSON.stringify({ ...QUERY, sort: ['amount desc'], page: { limit: 37 } }));
    const stream = client.stream<Reply>('QueryService/QueryPages', { query }, { token });
    const { messages, end } = await readAll(stream);
    expect(end).toBeNull();
    const ids = messages.flatMap(({ body }) =>
      (JSON.parse(body.toString()) as PageBody).rows.map(({ id }) => id),
    );
    expect(ids).toEqual(Array.from({ length: ROWS }, (_, at) => 2 * (ROWS - 1 - at)));
    expect(service.records).toHaveLength(Math.ceil(ROWS / 37));
  });
});
