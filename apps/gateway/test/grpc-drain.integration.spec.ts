import { once } from 'node:events';
import { status } from '@grpc/grpc-js';
import { datasetsList, queryRun, SluiceError, type RunQuery } from '@sluice/contracts';
import { startHarness, type Harness } from './gateway-harness.js';
import { GrpcClient, readAll, refusalIn } from './grpc-client.js';
import { pageAs } from './sample-answers.js';
import { until } from './until.js';

jest.setTimeout(120_000);

const grpc = { host: '127.0.0.1', port: 0, tls: null };

/** Never answers, until nobody waits any more. */
async function stopped(signal: AbortSignal | undefined): Promise<never> {
  await once(signal!, 'abort');
  throw new SluiceError('query-canceled', 'The caller went away.');
}

describe('a gateway that stops', () => {
  let harness: Harness;
  let client: GrpcClient;
  let token: string;

  beforeEach(async () => {
    harness = await startHarness({ config: { grpc } });
    client = new GrpcClient(`127.0.0.1:${String(harness.gateway.grpcPort)}`);
    token = await harness.issuer.token();
  });
  afterEach(async () => {
    client.close();
    await harness.stop();
  });

  it('ends streams with UNAVAILABLE, tells who watches its health, and lets a running answer finish', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    harness.bus.on(datasetsList, async () => {
      await gate;
      return [];
    });
    harness.bus.on(queryRun, ({ body }: RunQuery, { signal }) =>
      'after' in (body as { page: object }).page ? stopped(signal) : pageAs('ndjson'),
    );
    const query = Buffer.from('{"page":{"limit":1}}');
    const stream = client.stream('QueryService/QueryPages', { query, form: 'PAGE_FORM_NDJSON' }, { token });
    const pages = readAll(stream);
    const unary = client.ask('QueryService/ListDatasets', {}, { token });
    const watch = client.stream('grpc.health.v1.Health/Watch', {});
    const statuses: unknown[] = [];
    watch.on('data', ({ status: told }: { status: string }) => statuses.push(told));
    const unwatched = once(watch, 'error');
    await until(() => harness.bus.asked.length === 3 && statuses.length === 1);

    const closing = harness.gateway.close(60_000);
    const { messages, end } = await pages;
    expect(messages).toHaveLength(1);
    expect(end).toMatchObject({ code: status.UNAVAILABLE, trailers: { 'sluice-code': 'unavailable' } });
    const [lost] = (await unwatched) as [never];
    expect(refusalIn(lost).code).toBe(status.UNAVAILABLE);
    expect(statuses).toEqual(['SERVING', 'NOT_SERVING']);
    open();
    expect((await unary).code).toBe(status.OK);
    await closing;
  });

  it('tells UNAVAILABLE to whom it could not answer within the grace', async () => {
    harness.bus.on(datasetsList, (_, { signal }) => stopped(signal));
    const unary = client.ask('QueryService/ListDatasets', {}, { token });
    await until(() => harness.bus.asked.length === 1);
    await harness.gateway.close(600);
    expect(await unary).toMatchObject({
      code: status.UNAVAILABLE,
      trailers: { 'sluice-code': 'unavailable' },
    });
  });
});
