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
    const names = { client: 'client_id', tenants: 'https://x.example/t', roles: 'realm_access.roles' };
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

  it('never reads from the prototype', () => {
    const names = { ...DEFAULT_CLAIMS, tenants: 'constructor.name' };
    expect(() => principalFromClaims(claims, names)).toThrow('names no tenant');
  });
});
