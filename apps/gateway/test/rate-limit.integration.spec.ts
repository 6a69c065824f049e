import { queryRun } from '@sluice/contracts';
import { startHarness, type Harness } from './gateway-harness.js';
import { queryAnswer } from './sample-answers.js';

const body = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
const off = { perMinute: 0, failuresPerMinute: 0, redisUrl: null };

describe('the rate of a client', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness({ config: { rateLimits: { ...off, perMinute: 5 } } });
    harness.bus.on(queryRun, () => queryAnswer);
  });
  afterAll(() => harness.stop());
  beforeEach(() => (harness.audit.records.length = 0));

  const as = async (client: string, path = '/api/v1/query', init: RequestInit = body) => {
    const token = await harness.issuer.token({ client_id: client });
    return harness.ask(path, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });
  };

  it('is told with every answer, and ends in 429', async () => {
    const left = [];
    for (let at = 0; at < 5; at += 1) {
      const answer = await as('one');
      expect(answer.status).toBe(200);
      expect(answer.headers.get('ratelimit-policy')).toBe('"default";q=5;w=60');
      left.push(/^"default";r=(\d+);t=\d+$/.exec(answer.headers.get('ratelimit') ?? '')?.[1]);
    }
    expect(left).toEqual(['4', '3', '2', '1', '0']);
    const asked = harness.bus.asked.length;

    const refused = await as('one');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    const again = Number(refused.headers.get('retry-after'));
    expect(again).toBeGreaterThan(0);
    expect(again).toBeLessThanOrEqual(60);
    expect(refused.headers.get('ratelimit')).toMatch(/^"default";r=0;t=\d+$/);
    expect(await refused.json()).toMatchObject({
      code: 'rate-limited',
      limit: { name: 'default', value: 5 },
      detail: 'There were more than 5 requests of this client within 60 seconds.',
    });
    expect(harness.bus.asked).toHaveLength(asked);
    expect(harness.audit.records).toMatchObject([
      { action: 'denied', code: 'rate-limited', status: 429, clientId: 'one', subject: 'ann', tenant: 'CA' },
    ]);
  });

  it('is one for all governed routes and methods, and each client’s own', async () => {
    const paths = ['/api/v1/query', '/api/v1/datasets', '/api/v1/exports/x', '/api/v1/datasets/a'];
    for (const path of paths) await as('two', path, {});
    await as('two', '/api/v1/query', { method: 'HEAD' });
    expect((await as('two', '/api/v1/datasets', {})).status).toBe(429);
    expect((await as('three')).status).toBe(200);
  });

  it('does not hold for probes, metrics and documents', async () => {
    for (let at = 0; at < 10; at += 1) {
      for (const path of ['/healthz', '/metrics', '/docs/swagger/v1/swagger.json']) {
        const answer = await harness.ask(path, { role: null });
        expect([answer.status, answer.headers.get('ratelimit')]).toEqual([200, null]);
        await answer.arrayBuffer();
      }
    }
  });
});

describe('failed attempts of an address', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness({ config: { rateLimits: { ...off, failuresPerMinute: 3 } } });
    harness.bus.on(queryRun, () => queryAnswer);
  });
  afterAll(() => harness.stop());

  const statusOf = async (headers: Record<string, string>, path = '/api/v1/query') =>
    (await harness.ask(path, { ...body, role: null, headers: { ...body.headers, ...headers } })).status;

  it('end in 429, for links too; who has a good token or none is told as ever', async () => {
    const bad = { authorization: 'Bearer bad' };
    expect([await statusOf(bad), await statusOf(bad)]).toEqual([401, 401]);
    const link = `/api/v1/exports/0190b3c4-1111-7222-8333-444455556666/file?signature=x`;
    expect((await harness.ask(link, { role: null })).status).toBe(403);
    expect([await statusOf(bad), (await harness.ask(link, { role: null })).status]).toEqual([429, 429]);
    expect(await statusOf({})).toBe(401);
    expect(await statusOf({ authorization: `Bearer ${await harness.issuer.token()}` })).toBe(200);
    expect(harness.audit.records.at(-2)).toMatchObject({ code: 'rate-limited', status: 429, subject: null });
  });
});
