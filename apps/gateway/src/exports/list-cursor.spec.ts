import { type Principal } from '@sluice/contracts';
import { ListCursors } from './list-cursor.js';

const position = {
  createdAt: '2026-11-23 12:00:00.123456+00',
  jobId: '0190b3c4-1111-7222-8333-444455556666',
};
const principal: Principal = { subject: 's', clientId: 'c', tenants: ['CA', 'TX'], roles: ['exporter'] };
const listed = { principal, state: null };
const cursors = new ListCursors('s'.repeat(32));
const refusal = expect.objectContaining({ code: 'invalid-cursor' }) as Error;

describe('the cursor of a list', () => {
  it('leads back to its place, for the same caller and filter', () => {
    const sameCaller = { ...principal, tenants: ['TX', 'CA'] } as const;
    expect(cursors.open(cursors.seal(position, listed), { principal: sameCaller, state: null })).toEqual(
      position,
    );
  });

  it('shows nothing, and no two are alike', () => {
    const cursor = cursors.seal(position, listed);
    expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toContain('2026');
    expect(cursors.seal(position, listed)).not.toBe(cursor);
  });

  it.each([
    ['another tenant', { ...listed, principal: { ...principal, tenants: ['TX'] as const } }],
    ['another role', { ...listed, principal: { ...principal, roles: ['admin'] as const } }],
    ['another client', { ...listed, principal: { ...principal, clientId: 'd' } }],
    ['another subject', { ...listed, principal: { ...principal, subject: 't' } }],
    ['another state', { ...listed, state: 'Failed' as const }],
  ])('does not open for %s', (_name, other) => {
    const cursor = cursors.seal(position, listed);
    expect(() => cursors.open(cursor, other)).toThrow(refusal);
  });

  it('does not open with any bit of it changed, cut, lengthened, or made up', () => {
    const cursor = cursors.seal(position, listed);
    const bytes = Buffer.from(cursor, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => cursors.open(changed.toString('base64url'), listed)).toThrow(refusal);
    }
    for (const made of ['', 'x', `${cursor}=`, `${cursor}A`, cursor.slice(0, 20), cursor.slice(4)]) {
      expect(() => cursors.open(made, listed)).toThrow(refusal);
    }
  });

  it('is good for a day, and with its own key only', () => {
    let now = 0;
    const dated = new ListCursors('s'.repeat(32), () => now);
    const cursor = dated.seal(position, listed);
    now = 86_399_999;
    expect(dated.open(cursor, listed)).toEqual(position);
    now = 86_400_000;
    expect(() => dated.open(cursor, listed)).toThrow('older than 24 hours');
    expect(() => new ListCursors('t'.repeat(32)).open(cursors.seal(position, listed), listed)).toThrow(
      refusal,
    );
  });
});
