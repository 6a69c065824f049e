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
const rules = (): Governance => ({}) as Governance;
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

  it('forgets all when the rules change, and comes back to none of it', () => {
    const [memo, old] = [new PlanMemo(), rules()];
    const first = memo.find(question, old, () => planOf(null));
    memo.find(question, rules(), () => planOf(null));
    expect(memo.find(question, old, () => planOf(null))).not.toBe(first);
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
