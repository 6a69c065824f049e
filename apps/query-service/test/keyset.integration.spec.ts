import fc from 'fast-check';
import { startOrdersService } from './orders-service.js';
import { RunningService } from './running-service.js';

let service: RunningService;

beforeAll(async () => {
  service = await startOrdersService();
});
afterAll(() => service.close());

describe('walking by keyset', () => {
  const keys = ['score', 'code', 'ratio', 'even', 'day', 'at', 'amount'] as const;
  const sorts = fc.uniqueArray(
    fc.record({ column: fc.constantFrom(...keys), direction: fc.constantFrom('asc', 'desc') }),
    {
      selector: ({ column }) => column,
      maxLength: 3,
    },
  );

  it('meets each row once, in the order of one page, whatever the ties, NULLs and directions', async () => {
    await fc.assert(
      fc.asyncProperty(sorts, fc.integer({ min: 1, max: 7 }), async (sort, limit) => {
        const query = { select: ['id'], sort, count: 'none' };
        const whole = await service.rows({ ...query, page: { limit: 100 } });
        const walked: unknown[] = [];
        let after: string | null = null;
        do {
          const answer = await service.rows({ ...query, page: after ? { limit, after } : { limit } });
          walked.push(...answer.rows);
          after = answer.page.next;
        } while (after !== null && walked.length < 100);
        expect(walked).toEqual(whole.rows);
        expect(walked).toHaveLength(20);
      }),
      { numRuns: 40 },
    );
  });

  it('walks groups too', async () => {
    const query = { select: ['score', 'count(*) as n'], sort: ['n desc'], count: 'none' };
    const whole = await service.rows({ ...query, page: { limit: 100 } });
    const first = await service.rows({ ...query, page: { limit: 4 } });
    const second = await service.rows({ ...query, page: { limit: 100, after: first.page.next } });
    expect([...first.rows, ...second.rows]).toEqual(whole.rows);
  });

  it('refuses a cursor for another tenant, role or query', async () => {
    const query = { select: ['id', 'customer.name as n'], page: { limit: 1 } };
    const after = (await service.rows(query)).page.next;
    const next = { ...query, page: { limit: 1, after } };
    await expect(service.rows(next)).resolves.toMatchObject({ rows: [{ id: 3 }] });
    for (const [body, options] of [
      [next, { tenant: 'TX' }],
      [next, { role: 'admin' as const }],
      [{ ...next, sort: ['score'] }, {}],
      [{ ...next, select: ['id'] }, {}],
    ] as const) {
      await expect(service.run(body, options)).rejects.toMatchObject({ code: 'invalid-cursor' });
    }
  });
});
