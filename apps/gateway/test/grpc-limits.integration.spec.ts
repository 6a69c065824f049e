import { status } from '@grpc/grpc-js';
import { queryRun } from '@sluice/contracts';
import { startHarness, type Harness } from './gateway-harness.js';
import { GrpcClient } from './grpc-client.js';
import { pageAs } from './sample-answers.js';

jest.setTimeout(120_000);

const grpc = { host: '127.0.0.1', port: 0, tls: null };
const QUERY = { query: Buffer.from('{"page":{"limit":1}}') };

describe('limits over gRPC', () => {
  let harness: Harness;
  let client: GrpcClient;

  beforeAll(async () => {
    const rateLimits = { perMinute: 5, failuresPerMinute: 4, redisUrl: null };
    harness = await startHarness({ config: { grpc, rateLimits } });
    client = new GrpcClient(`127.0.0.1:${String(harness.gateway.grpcPort)}`);
    harness.bus.on(queryRun, () => pageAs('ndjson'));
  });
  afterAll(async () => {
    client.close();
    await harness.stop();
  });
  beforeEach(() => (harness.audit.records.length = 0));

  const overHttp = (token: string) =>
    harness.ask('/api/v1/query', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{}',
    });

  it('has one quota for both edges, which each page of a stream takes a part of', async () => {
    const token = await harness.issuer.token({ client_id: 'both' });
    expect((await overHttp(token)).status).toBe(200);
    const told = await client.ask('QueryService/Query', QUERY, { token });
    expect(told.headers).toMatchObject({
      'ratelimit-policy': '"default";q=5;w=60',
      ratelimit: expect.stringMatching(/^"default";r=3;t=\d+$/) as string,
    });
    const stream = client.stream('QueryService/QueryPages', QUERY, { token });
    let pages = 0;
    const reading = (async () => {
      for await (const _ of stream) pages += 1;
    })();
    await expect(reading).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    expect(pages).toBe(3);
    expect(harness.audit.records).toMatchObject([
      { action: 'denied', code: 'rate-limited', clientId: 'both' },
    ]);

    expect((await overHttp(token)).status).toBe(429);
    const refused = await client.ask('QueryService/Query', QUERY, { token });
    expect(refused).toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      trailers: { 'sluice-code': 'rate-limited', 'ratelimit-policy': '"default";q=5;w=60' },
      problem: { limit: { name: 'default', value: 5 } },
    });
    expect(Number(refused.trailers['retry-after'])).toBeGreaterThan(0);
  });

  it('counts bad tokens of an address on both edges together', async () => {
    for (let at = 0; at < 2; at += 1) {
      expect((await overHttp('bad')).status).toBe(401);
      expect(await client.ask('QueryService/Query', QUERY, { token: 'bad' })).toMatchObject({
        code: status.UNAUTHENTICATED,
      });
    }
    expect((await overHttp('bad')).status).toBe(429);
    expect(await client.ask('QueryService/Query', QUERY, { token: 'bad' })).toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      trailers: { 'sluice-code': 'rate-limited' },
    });
    const good = await harness.issuer.token({ client_id: 'good' });
    expect((await client.ask('QueryService/Query', QUERY, { token: good })).code).toBe(status.OK);
  });
});
