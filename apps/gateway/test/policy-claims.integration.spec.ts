import { datasetsList } from '@sluice/contracts';
import { DEFAULT_CLAIMS } from '../src/index.js';
import { startHarness, type Harness } from './gateway-harness.js';

/** Claims of an external issuer's tokens that row filters of the policy may name (SPEC P4). */
describe('claims of an external issuer', () => {
  let harness: Harness;
  beforeAll(async () => {
    const claims = { ...DEFAULT_CLAIMS, policy: { kind: 'named', names: ['region', 'org.level'] } as const };
    harness = await startHarness({ config: { claims } });
    harness.bus.on(datasetsList, () => []);
  });
  afterAll(() => harness.stop());

  const askWith = async (further: Record<string, unknown>) => {
    const token = await harness.issuer.token(further);
    return harness.ask('/api/v1/datasets', { headers: { authorization: `Bearer ${token}` } });
  };

  it('are carried as they are set up, and no others', async () => {
    const further = { region: ['West'], org: { level: 3, secret: 'x' }, policy_claims: { region: 'all' } };
    expect((await askWith(further)).status).toBe(200);
    const { principal } = harness.bus.asked.at(-1)?.message as { principal: { claims: object } };
    expect(principal.claims).toEqual({ region: ['West'], 'org.level': '3' });
  });

  it('are no part of a principal that has none', async () => {
    expect((await askWith({})).status).toBe(200);
    expect(harness.bus.asked.at(-1)?.message).not.toHaveProperty('principal.claims');
  });

  it('that cannot be used are refused by name, and never repeated', async () => {
    const asked = harness.bus.asked.length;
    const answer = await askWith({ region: { secret: 'value-of-it' } });
    const text = await answer.text();
    expect(answer.status).toBe(403);
    expect(JSON.parse(text)).toMatchObject({
      code: 'claim-required',
      detail: expect.stringContaining('"region"') as string,
    });
    expect(text).not.toContain('value-of-it');
    expect(harness.bus.asked).toHaveLength(asked);
  });
});
