import { hasRole, isRole, Principal, Role } from './principal.js';

const holding = (...roles: Role[]): Principal => ({ subject: 's', clientId: 'c', tenants: ['CA'], roles });

describe('roles', () => {
  it.each<[Role, readonly Role[]]>([
    ['viewer', ['viewer']],
    ['exporter', ['viewer', 'exporter']],
    ['admin', ['viewer', 'exporter', 'admin']],
  ])('%s may do what %j may', (held, allowed) => {
    for (const role of ['viewer', 'exporter', 'admin'] as const) {
      expect(hasRole(holding(held), role)).toBe(allowed.includes(role));
    }
  });

  it('are a closed list', () => {
    expect(hasRole(holding(), 'viewer')).toBe(false);
    expect(isRole('root')).toBe(false);
    expect(isRole('admin')).toBe(true);
  });
});
