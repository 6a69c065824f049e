import { datasetsDescribe, datasetsList, Principal, queryCheck } from '@sluice/contracts';
import { startOrdersService } from './orders-service.js';
import { RunningService } from './running-service.js';

let service: RunningService;

beforeAll(async () => {
  service = await startOrdersService();
});
afterAll(() => service.close());

describe('the other requests', () => {
  const principal = (role: 'viewer' | 'exporter'): Principal => ({
    subject: 's',
    clientId: 'c',
    tenants: ['CA'],
    roles: [role],
  });

  it('checks the query of an export: columns, hashes, no page', async () => {
    const body = { select: ['id', 'customer.name as n'] };
    const checked = await service.bus.request(queryCheck, { principal: principal('exporter'), body });
    expect(checked).toMatchObject({
      dataset: 'orders',
      columns: [
        { name: 'id', masked: false },
        { name: 'n', masked: true },
      ],
      queryHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const wrong = { principal: principal('exporter'), body: { ...body, page: { limit: 1 } } };
    await expect(service.bus.request(queryCheck, wrong)).rejects.toMatchObject({
      details: { pointer: '/queryDefinition/page' },
    });
  });

  it('says when a dataset is described but holds no data yet', async () => {
    await expect(service.run({ dataset: 'future', page: { limit: 1 } })).rejects.toMatchObject({
      code: 'unavailable',
    });
    const wanted = service.bus.request(queryCheck, {
      principal: principal('exporter'),
      body: { dataset: 'future' },
    });
    await expect(wanted).rejects.toThrow('The dataset "future" holds no data yet.');
  });

  it('describes the datasets as the caller sees them', async () => {
    const list = await service.bus.request(datasetsList, { principal: principal('viewer') });
    expect(list.map(({ name }) => name)).toEqual(['orders', 'customers', 'future']);
    const customers = await service.bus.request(datasetsDescribe, {
      principal: principal('viewer'),
      name: 'customers',
    });
    expect(customers.columns.find(({ name }) => name === 'name')).toMatchObject({
      masked: true,
      type: 'text',
    });
    const unknown = { principal: principal('viewer'), name: 'secrets' };
    await expect(service.bus.request(datasetsDescribe, unknown)).rejects.toMatchObject({
      code: 'unknown-dataset',
    });
  });
});
