import { DEFAULT_CLAIMS } from '../gateway.config.js';
import { principalFromClaims } from './principal-from-claims.js';

const claims = { sub: 'ann', client_id: 'app', tenants: ['CA', 'TX'], roles: ['viewer', 'exporter'] };

describe('principalFromClaims', () => {
  it('reads subject, client, tenants and roles', () => {
    expect(principalFromClaims(claims, DEFAULT_CLAIMS)).toEqual({
      subject: 'ann',
      clientId: 'app',
      tenants: ['CA', 'TX'],
      roles: ['viewer', 'exporter'],
    });
  });

  it('takes a single text for a list, and drops repeats', () => {
    const read = principalFromClaims({ ...claims, tenants: 'CA', roles: ['admin', 'admin'] }, DEFAULT_CLAIMS);
    expect(read).toMatchObject({ tenants: ['CA'], roles: ['admin'] });
  });

  it('finds claims in objects, and claims whose names hold dots', () => {
    const keycloak = {
      sub: 'ann',
      azp: 'app',
      realm_access: { roles: ['viewer'] },
      'https://x.example/t': 'CA',
    };
    const names = { ...DEFAULT_CLAIMS, tenants: 'https://x.example/t', roles: 'realm_access.roles' };
    expect(principalFromClaims(keycloak, names)).toMatchObject({
      clientId: 'app',
      tenants: ['CA'],
      roles: ['viewer'],
    });
  });

  it('ignores roles that are not ours, and refuses when none is left', () => {
    expect(principalFromClaims({ ...claims, roles: ['root', 'viewer'] }, DEFAULT_CLAIMS).roles).toEqual([
      'viewer',
    ]);
    for (const roles of [undefined, [], 'root', ['root', 7], { viewer: true }]) {
      expect(() => principalFromClaims({ ...claims, roles }, DEFAULT_CLAIMS)).toThrow('none of the roles');
    }
  });

  it.each([undefined, null, '', [], [''], [7], {}, ['a'.repeat(201)], ['a\0b'], ['\ud800']])(
    'refuses %j as tenants',
    (tenants) => {
      expect(() => principalFromClaims({ ...claims, tenants }, DEFAULT_CLAIMS)).toThrow('names no tenant');
    },
  );

  it('refuses more tenants than anybody has', () => {
    const tenants = Array.from({ length: 101 }, (_, index) => `t${String(index)}`);
    expect(() => principalFromClaims({ ...claims, tenants }, DEFAULT_CLAIMS)).toThrow('more than 100');
  });

  it('refuses a token without a subject', () => {
    expect(() => principalFromClaims({ ...claims, sub: '' }, DEFAULT_CLAIMS)).toThrow('no subject');
  });

  it('carries the claims that the policy may name, and no others', () => {
    const token = {
      ...claims,
      region: ['West', 'East'],
      org: { level: 3, 'a.b': true },
      extra: 'x',
      none: null,
    };
    const named = (...names: string[]) =>
      principalFromClaims(token, { ...DEFAULT_CLAIMS, policy: { kind: 'named', names } }).claims;
    expect(named('region', 'org.level', 'missing', 'none')).toEqual({
      region: ['West', 'East'],
      'org.level': '3',
    });
    expect(named('missing')).toBeUndefined();
    expect(() => named('org')).toThrow('The claim "org" is no text');
    const within = { ...DEFAULT_CLAIMS, policy: { kind: 'within', name: 'org' } as const };
    expect(principalFromClaims(token, within).claims).toEqual({ level: '3', 'a.b': 'true' });
    expect(principalFromClaims(claims, within).claims).toBeUndefined();
  });

  it('never reads from the prototype', () => {
    const names = { ...DEFAULT_CLAIMS, tenants: 'constructor.name' };
    expect(() => principalFromClaims(claims, names)).toThrow('names no tenant');
  });
});
