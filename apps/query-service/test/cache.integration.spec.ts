import { setTimeout } from 'node:timers/promises';
import { CUSTOMERS, startOrdersService } from './orders-service.js';
import { RunningService } from './running-service.js';

let service: RunningService;

beforeAll(async () => {
  service = await startOrdersService();
});
afterAll(() => service.close());

describe('the cache and the ETag', () => {
  it('answer the same plan again, for the same view only', async () => {
    const body = { select: ['id', 'code'], page: { limit: 3 } };
    const first = await service.rows(body);
    expect(first.meta.cached).toBe(false);
    const again = await service.rows(body);
    expect(again).toEqual({ ...first, meta: { ...again.meta, cached: true } });
    expect((await service.rows(body, { noCache: true })).meta.cached).toBe(false);
    expect((await service.rows(body, { tenant: 'TX' })).meta).toMatchObject({ cached: false });
    const { etag } = first.meta;
    expect(await service.run(body, { ifNoneMatch: `W/${etag}, "x"` })).toMatchObject({
      status: 304,
      body: new Uint8Array(),
    });
    expect(await service.run(body, { ifNoneMatch: etag, tenant: 'TX' })).toMatchObject({ status: 200 });
  });

  it('change with the data, which is taken up while the service runs', async () => {
    const body = { dataset: 'customers', select: ['customer_id'], page: { limit: 1 } };
    const before = await service.rows(body);
    await service.importSql('customers', `${CUSTOMERS} where i > 4`);
    const deadline = Date.now() + 45_000;
    let after = await service.rows(body);
    while (after.meta.dataVersion === before.meta.dataVersion && Date.now() < deadline) {
      await setTimeout(20);
      after = await service.rows(body);
    }
    expect([before.rows, after.rows]).toEqual([[{ customer_id: 0 }], [{ customer_id: 5 }]]);
    expect(after.meta.etag).not.toBe(before.meta.etag);
  });
});
