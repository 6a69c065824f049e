import { RunningService, startService } from './running-service.js';

const SECOND = 1_000_000n;
const DAY = 86_400n * SECOND;
/** 2024-03-31T10:00:00.5Z. */
const START = 1_711_879_200_500_000n;

let now = START;
let service: RunningService;

beforeAll(async () => {
  const columns = { id: { type: 'integer' }, at: { type: 'timestamp' } };
  const dataset = { name: 'events', shared: true, default: true, key: ['id'], columns } as never;
  const sql = `select i::bigint as id, timestamp '2024-03-31 09:00:00' + to_hours(i) as "at" from range(30) r(i)`;
  service = await startService([{ sql, dataset }], { clock: () => now });
});
beforeEach(() => {
  now = START;
});
afterAll(() => service.close());

const ask = (body: object) => service.rows({ page: { limit: 100 }, ...body });

describe('a query that depends on the clock', () => {
  it('is answered from the cache while the clock says the same, and anew when it does not', async () => {
    const body = { select: ['id'], filter: { column: 'at', op: 'inLast', value: '2h' } };
    const first = await ask(body);
    expect(first.rows).toEqual([{ id: 0 }, { id: 1 }]);
    now = START + 400_000n;
    expect((await ask(body)).meta).toMatchObject({ cached: true, etag: first.meta.etag });
    now = START + 3_600n * SECOND;
    const later = await ask(body);
    expect(later.rows).toEqual([{ id: 1 }, { id: 2 }]);
    expect(later.meta.cached).toBe(false);
    expect(later.meta.etag).not.toBe(first.meta.etag);
  });

  it('keeps its answer all day when it asks for the day only', async () => {
    const body = { select: ['id'], filter: { column: 'at', op: 'during', value: 'today' } };
    const first = await ask(body);
    expect(first.rows).toHaveLength(15);
    now = START + 3_600n * SECOND;
    expect((await ask(body)).meta.cached).toBe(true);
    now = START + DAY;
    const tomorrow = await ask(body);
    expect(tomorrow.rows.map(({ id }) => id)).toEqual(Array.from({ length: 15 }, (_, index) => index + 15));
    expect(tomorrow.meta.cached).toBe(false);
  });

  it('is one question in the record, whenever it is asked', async () => {
    const hashes = [];
    for (const instant of [START, START + DAY]) {
      now = instant;
      await ask({ select: ['now() as n', 'today() as d'] });
      hashes.push(service.audit.records.at(-1)?.queryHash);
    }
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(hashes[1]).toBe(hashes[0]);
  });
});
