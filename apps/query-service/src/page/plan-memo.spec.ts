import { Principal } from '@sluice/contracts';
import { Governance } from '@sluice/policy';
import { PlanMemo, RememberedPlan } from './plan-memo.js';

const principal: Principal = { subject: 's', clientId: 'c', tenants: ['CA'], roles: ['viewer'] };
const question = {
  principal,
  body: { page: { limit: 1 } },
  purpose: 'page',
  pointer: '',
  form: 'json',
  dataVersion: 'v1',
  period: 1,
};
const rules = (policy = 'p1', catalog = 'c1', key = 'k1'): Governance =>
  ({
    catalog: { version: catalog },
    policy: { version: policy },
    maskKey: { fingerprint: key },
  }) as Governance;
const planOf = (asOf: bigint | null): RememberedPlan => ({ query: { asOf } }) as RememberedPlan;

describe('the memo of plans', () => {
  it('gives the same plan for the same question, and plans anew for any other', () => {
    const [memo, governance] = [new PlanMemo(), rules()];
    const first = memo.find(question, governance, () => planOf(null));
    expect(memo.find({ ...question }, governance, () => planOf(null))).toBe(first);
    for (const change of [
      { principal: { ...principal, tenants: ['TX'] as const } },
      { principal: { ...principal, roles: ['admin'] as const } },
      { principal: { ...principal, claims: { region: 'West' } } },
      { body: { page: { limit: 2 } } },
      { purpose: 'export' },
      { pointer: '/queryDefinition' },
      { form: 'csv' },
      { dataVersion: 'v2' },
      { period: 2 },
    ]) {
      expect(memo.find({ ...question, ...change }, governance, () => planOf(null))).not.toBe(first);
    }
  });

  it.each([
    ['policy', rules('p2')],
    ['catalogue', rules('p1', 'c2')],
    ['mask key', rules('p1', 'c1', 'k2')],
  ])('forgets all when the %s changes, and comes back to none of it', (_, changed) => {
    const memo = new PlanMemo();
    const first = memo.find(question, rules(), () => planOf(null));
    expect(memo.find(question, rules(), () => planOf(null))).toBe(first);
    memo.find(question, changed, () => planOf(null));
    expect(memo.find(question, rules(), () => planOf(null))).not.toBe(first);
  });

  it('remembers neither what hangs on the clock, nor long requests, nor what failed', () => {
    const [memo, governance] = [new PlanMemo(), rules()];
    const long = { ...question, body: { filter: 'x'.repeat(9_000) } };
    for (const asked of [question, long]) {
      const first = memo.find(asked, governance, () => planOf(asked === long ? null : 5n));
      expect(memo.find(asked, governance, () => planOf(null))).not.toBe(first);
    }
    const other = { ...question, form: 'ndjson' };
    expect(() =>
      memo.find(other, governance, () => {
        throw new Error('refused');
      }),
    ).toThrow('refused');
    expect(memo.find(other, governance, () => planOf(null)).query.asOf).toBeNull();
  });
});
