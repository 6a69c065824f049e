import { status } from '@grpc/grpc-js';
import { queryRun, SluiceError } from '@sluice/contracts';
import { startHarness, type Harness } from './gateway-harness.js';
import { GrpcClient } from './grpc-client.js';

jest.setTimeout(120_000);

const QUERY = '{"dataset":"flights","page":{"limit":1}}';

describe('errors over gRPC', () => {
  let harness: Harness;
  let client: GrpcClient;
  let token: string;

  beforeAll(async () => {
    harness = await startHarness({ config: { grpc: { host: '127.0.0.1', port: 0, tls: null } } });
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

  const query = (text: string) => ({ query: Buffer.from(text) });
  const ask = (request: object, asked: object = {}) =>
    client.ask('QueryService/Query', request as never, { token, ...asked });

  it('tells what a service refuses, and leaves the record to it', async () => {
    harness.bus.on(queryRun, () => {
      const details = {
        pointer: '/select/0',
        position: 3,
        limit: { name: 'rows', value: 7 },
        retryAfter: 1.2,
      };
      throw new SluiceError('column-masked', 'Größe ist verdeckt.', details);
    });
    const told = await ask(query(QUERY));
    expect(told).toMatchObject({
      code: status.PERMISSION_DENIED,
      trailers: { 'sluice-code': 'column-masked', 'sluice-pointer': '/select/0', 'retry-after': '2' },
      problem: {
        code: 'column-masked',
        pointer: '/select/0',
        position: 3,
        limit: { name: 'rows', value: 7 },
        detail: 'Größe ist verdeckt.',
      },
    });
    expect(decodeURI(told.details)).toBe('Größe ist verdeckt.');
    expect(harness.audit.records).toEqual([]);
  });

  it('keeps what cannot stand in metadata, or would be too long, out of it', async () => {
    harness.bus.on(queryRun, ({ body }) => {
      const { pointer } = body as { pointer: string };
      throw new SluiceError('unknown-key', 'x'.repeat(5_000), { pointer });
    });
    const foreign = await ask(query('{"pointer":"/größe"}'));
    expect(foreign.trailers).not.toHaveProperty('sluice-pointer');
    expect(foreign.problem).toMatchObject({ pointer: '/größe' });
    const long = await ask(query(JSON.stringify({ pointer: `/${'p'.repeat(5_000)}` })));
    expect(long).toMatchObject({ code: status.INVALID_ARGUMENT, details: 'x'.repeat(1_000) });
    expect(long.problem).not.toHaveProperty('pointer');
  });

  it('says nothing of faults inside', async () => {
    harness.bus.on(queryRun, () => {
      throw new Error('select * from secret');
    });
    const told = await ask(query(QUERY));
    expect(told).toMatchObject({ code: status.INTERNAL, trailers: { 'sluice-code': 'internal' } });
    expect(JSON.stringify([told.details, told.trailers, told.problem])).not.toContain('secret');
  });

  it('does not tell a refusal that cannot be recorded', async () => {
    harness.audit.failing = true;
    expect(await ask(query(QUERY), { token: 'x' })).toMatchObject({
      code: status.UNAVAILABLE,
      trailers: { 'sluice-code': 'audit-unavailable', 'retry-after': '5' },
    });
  });
});
