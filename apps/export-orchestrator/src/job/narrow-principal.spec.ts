import { Principal, Role } from '@sluice/contracts';
import { standingNow, SubmitterNow } from './narrow-principal.js';

const then: Principal = {
  subject: 's',
  clientId: 'app',
  tenants: ['CA', 'TX'],
  roles: ['admin'],
  claims: { regions: ['north', 'south'] },
};

function submitter(now: Partial<NonNullable<SubmitterNow['client']>>, clientId = 'app'): SubmitterNow {
  const client = {
    revoked: false,
    tenants: ['CA', 'TX'],
    roles: ['admin'] as Role[],
    claims: then.claims!,
    ...now,
  };
  return { clientId, client };
}

describe('standingNow', () => {
  it('leaves a principal alone whose client is as it was, or is not known here', () => {
    expect(standingNow(then, [submitter({})])).toEqual({ kind: 'may', principal: then });
    expect(standingNow(then, [{ clientId: 'app', client: null }])).toEqual({ kind: 'may', principal: then });
    expect(standingNow(then, [submitter({ revoked: true }), { clientId: 'other', client: null }])).toEqual({
      kind: 'may',
      principal: then,
    });
  });

  it.each<[string, Partial<NonNullable<SubmitterNow['client']>>, Partial<Principal>]>([
    ['a lesser role', { roles: ['exporter'] }, { roles: ['exporter'] }],
    ['fewer tenants', { tenants: ['CA'] }, { tenants: ['CA'] }],
    ['fewer claims', { claims: { regions: 'north' } }, { claims: { regions: 'north' } }],
    ['no claim', { claims: { other: 'x' } }, { claims: {} }],
  ])('cuts it to %s', (_, now, wanted) => {
    expect(standingNow(then, [submitter(now)])).toEqual({ kind: 'may', principal: { ...then, ...wanted } });
  });

  it('never gives more than was asked with', () => {
    const modest: Principal = { ...then, roles: ['exporter'], tenants: ['CA'] };
    const grown = submitter({ roles: ['admin'], tenants: ['CA', 'TX', 'NV'] });
    expect(standingNow(modest, [grown])).toEqual({ kind: 'may', principal: modest });
  });

  it('tells a revoked client from one that may not export for the tenant', () => {
    expect(standingNow(then, [submitter({ revoked: true })])).toEqual({ kind: 'revoked' });
    expect(standingNow(then, [submitter({ roles: ['viewer'] })])).toEqual({ kind: 'lost-rights' });
    expect(standingNow(then, [submitter({ tenants: ['TX'] })])).toEqual({ kind: 'lost-rights' });
    expect(standingNow(then, [submitter({ revoked: true }), submitter({ roles: [] }, 'other')])).toEqual({
      kind: 'lost-rights',
    });
  });

  it('needs one submitter that still may', () => {
    expect(standingNow(then, [submitter({ revoked: true }), submitter({}, 'other')])).toMatchObject({
      kind: 'may',
      principal: { roles: ['admin'], tenants: ['CA', 'TX'] },
    });
  });
});
