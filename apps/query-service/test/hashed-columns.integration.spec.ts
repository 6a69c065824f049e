import { createHmac } from 'node:crypto';
import { startPeopleService } from './people-service.js';
import { MASK_KEY, RunningService } from './running-service.js';

let service: RunningService;
beforeAll(async () => {
  service = await startPeopleService({ mark: 'Ann', shift: 0 });
});
afterAll(() => service.close());

describe('a hashed column', () => {
  it('is HMAC-SHA-256 of the value, by the engine, as Node makes it', async () => {
    const hmac = (text: string): string => createHmac('sha256', MASK_KEY).update(text).digest('hex');
    const { rows, columns } = await service.rows({
      select: ['id', 'code'],
      sort: ['id'],
      page: { limit: 3 },
    });
    expect(rows.map(({ code }) => code)).toEqual(['code 0', 'code 1', 'code 2'].map(hmac));
    expect(columns[1]).toEqual({ name: 'code', type: 'text', masked: true });
    const found = await service.rows({
      select: ['id'],
      filter: { column: 'code', op: 'in', value: [hmac('code 3'), hmac('code 4')] },
      page: { limit: 50 },
    });
    expect(found.rows).toHaveLength(12);
    const grouped = await service.rows({
      select: ['code', 'count(*) as n'],
      sort: ['code'],
      page: { limit: 50 },
    });
    const clear = await service.rows(
      { select: ['code', 'count(*) as n'], page: { limit: 50 } },
      { role: 'admin' },
    );
    const hashed = clear.rows.map(({ code, n }) => ({ code: hmac(String(code)), n }));
    expect(grouped.rows).toEqual(hashed.sort((a, b) => (a.code < b.code ? -1 : 1)));
  });

  it('walks by a hash as by any text, each row once', async () => {
    const ids: unknown[] = [];
    let after: string | undefined;
    do {
      const page = { limit: 7, ...(after ? { after } : {}) };
      const answer = await service.rows({ select: ['id'], sort: ['code desc'], page });
      ids.push(...answer.rows.map(({ id }) => id));
      after = answer.page.next ?? undefined;
    } while (after);
    expect([...ids].sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 40 }, (_, id) => id));
  });
});
