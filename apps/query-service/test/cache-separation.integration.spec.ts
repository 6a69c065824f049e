import { SluiceError } from '@sluice/contracts';
import fc from 'fast-check';
import { AnswerCache } from '../src/ports.js';
import { startOrdersService } from './orders-service.js';
import { POLICY, RunningService, RunOptions } from './running-service.js';

/** Keeps nothing: every answer is made anew. */
const nothing: AnswerCache = { get: async () => undefined, set: async () => undefined };

let warm: RunningService;
let cold: RunningService;

beforeAll(async () => {
  warm = await startOrdersService();
  cold = await startOrdersService({ cache: nothing });
});
afterAll(async () => {
  await warm.close();
  await cold.close();
});

const treatment = fc.constantFrom('clear', 'mask', 'partial', 'null', 'deny');
/** Somebody who asks, the rules at that time, and how. */
const request = fc.record({
  role: fc.constantFrom('viewer' as const, 'exporter' as const, 'admin' as const),
  tenant: fc.constantFrom('CA', 'TX', 'NY', 'CA+TX'),
  form: fc.constantFrom('json' as const, 'csv' as const, 'ndjson' as const),
  treatments: fc.record({ viewer: treatment, exporter: treatment, admin: treatment }),
  body: fc.record({
    dataset: fc.constantFrom('orders', 'customers'),
    page: fc.constantFrom<object>({ limit: 3 }, { limit: 3, offset: 1 }, { limit: 50 }),
    count: fc.constantFrom('exact', 'estimated', 'none'),
    rows: fc.constantFrom('object', 'array'),
    numbers: fc.constantFrom('json', 'string'),
    timezone: fc.constantFrom('UTC', 'America/New_York'),
  }),
  select: fc.constantFrom('all', 'grouped'),
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

/** What two askers differ in: mostly one thing. */
const changed = fc.subarray(['role', 'tenant', 'form', 'treatments', 'body', 'select'] as const, {
  minLength: 1,
  maxLength: 2,
});

const SELECT = {
  orders: { all: ['id', 'at', 'customer.name as name'], grouped: ['tenant_id', 'count(*) as n'] },
  customers: { all: ['customer_id', 'name'], grouped: ['name', 'count(*) as n'] },
};

/** All that the caller sees of the answer, but for what differs between any two. */
async function seen(service: RunningService, asked: Request): Promise<string> {
  const { role, tenant, form, treatments, select } = asked;
  service.usePolicy({ ...POLICY, classes: { pii: treatments } });
  const body = { ...asked.body, select: SELECT[asked.body.dataset as 'orders'][select as 'all'] };
  const options: RunOptions = { role, tenant, form };
  try {
    const answer = await service.run(body, options);
    const { hasMore, next, totalRows, totalIsExact } = answer.facts ?? {};
    const text = Buffer.concat(answer.body).toString();
    const meta = /"meta":\{"totalRows":\w+,"totalIsExact":\w+/.exec(text)?.[0];
    return JSON.stringify([text.split(',"meta":')[0], meta, hasMore, next, totalRows, totalIsExact]);
  } catch (error) {
    return JSON.stringify(SluiceError.from(error).toPayload());
  }
}

it('gives everybody what a cold cache would, whoever asked before', async () => {
  let [hits, answered] = [0, 0];
  await fc.assert(
    fc.asyncProperty(request, request, changed, async (one, other, keys) => {
      const change = Object.fromEntries(keys.map((key) => [key, other[key]]));
      const pair: readonly Request[] = [one, { ...one, ...change }];
      for (const asked of [...pair, ...pair]) {
        const before = warm.engine.statements.length;
        const answer = await seen(warm, asked);
        expect(answer).toBe(await seen(cold, asked));
        if (answer.startsWith('[')) answered += 1;
        if (answer.startsWith('[') && warm.engine.statements.length === before) hits += 1;
      }
    }),
    { numRuns: 250, seed: 20_261_126 },
  );
  // Neither refusals alone nor misses alone would show anything.
  expect(answered).toBeGreaterThan(500);
  expect(hits).toBeGreaterThan(300);
});
