import { startOrdersService } from './orders-service.js';
import { RunningService } from './running-service.js';

let service: RunningService;

beforeAll(async () => {
  service = await startOrdersService();
});
afterAll(() => service.close());

beforeEach(() => {
  service.audit.records.length = 0;
  service.audit.failure = null;
});

describe('the record', () => {
  it('stands for each answer and each refusal, without values', async () => {
    await service.run({
      select: ['id', "case when code = 'hush' then 1 end as x", 'customer.name'],
      page: { limit: 3 },
    });
    await service.run({ page: { limit: 1 }, select: ['nope'] }).catch(() => undefined);
    expect(service.audit.records).toMatchObject([
      {
        action: 'query',
        tenant: 'CA',
        dataset: 'orders',
        columns: ['orders.id', 'orders.code', 'customers.name'],
        masks: ['customers.name'],
        rows: 3,
        status: 200,
        code: null,
      },
      { action: 'query', status: 400, code: 'unknown-column', rows: null },
    ]);
    expect(JSON.stringify(service.audit.records)).not.toContain('hush');
  });

  it('is the condition of an answer', async () => {
    service.audit.failure = new Error('the disk is full');
    await expect(service.run({ page: { limit: 1 } })).rejects.toMatchObject({ code: 'internal' });
  });
});
