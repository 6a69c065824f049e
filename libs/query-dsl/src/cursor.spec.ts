import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { CursorContent, openCursor, sealCursor } from './cursor.js';

const key = randomBytes(32);
const HOUR = 3_600_000;
const NOW = 500_000 * HOUR;

const seal = (position: CursorContent['position'], bound = 'q1', now = NOW, asOf: bigint | null = null) =>
  sealCursor({ position, asOf }, bound, key, now);
const open = (cursor: string, bound = 'q1', with_ = key, now = NOW): unknown =>
  openCursor(cursor, with_, '/page/after', now).positionFor(bound);

const positions = fc
  .array(fc.option(fc.string({ unit: 'binary' })))
  .map((texts) => texts.map((text) => text && text.toWellFormed()));

describe('cursor', () => {
  it('gives back position and clock, for the same query, view and key', () => {
    fc.assert(
      fc.property(
        positions,
        fc.option(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n })),
        (position, asOf) => {
          const cursor = seal(position, 'q1', NOW, asOf);
          expect(open(cursor)).toEqual(position);
          expect(openCursor(cursor, key, '', NOW).asOf).toBe(asOf);
        },
      ),
    );
  });

  it('has the same bytes for the same content within an hour, and other bytes for any other', () => {
    fc.assert(
      fc.property(positions, positions, fc.integer({ min: 0, max: HOUR - 1 }), (one, other, later) => {
        expect(seal(one, 'q1', NOW + later)).toBe(seal(one));
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(seal(other) === seal(one)).toBe(same);
        const nonce = (cursor: string): string => Buffer.from(cursor, 'base64url').toString('hex', 1, 13);
        expect(nonce(seal(other)) === nonce(seal(one))).toBe(same);
        expect(nonce(seal(one, 'q2'))).not.toBe(nonce(seal(one)));
        expect(seal(one, 'q1', NOW + HOUR)).not.toBe(seal(one));
      }),
    );
  });

  it('is refused when any bit of it is changed', () => {
    const contents = fc.sample(positions, { numRuns: 10, seed: 7 });
    const codes = new Set<unknown>();
    for (const cursor of contents.map((position) => seal(position))) {
      const bytes = Buffer.from(cursor, 'base64url');
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        codes.add(codeOf(() => open(changed.toString('base64url'))));
      }
    }
    expect([...codes]).toEqual(['invalid-cursor']);
  });

  it('is refused when it is borrowed, cut, lengthened or made up', () => {
    const cursor = seal(['2001-01-01', null]);
    expect(() => open(cursor, 'q2')).toThrow('was not made for this query');
    expect(codeOf(() => open(cursor, 'q1', randomBytes(32)))).toBe('invalid-cursor');
    const others = ['', 'x', `${cursor}=`, `${cursor}A`, ` ${cursor}`, cursor.slice(0, -1), cursor.slice(4)];
    for (const other of others) expect(codeOf(() => open(other))).toBe('invalid-cursor');
    fc.assert(
      fc.property(fc.base64String(), (made) => {
        expect(codeOf(() => open(made))).toBe('invalid-cursor');
      }),
    );
  });

  it('is good for a day, and then says so', () => {
    const cursor = seal(['1']);
    expect(open(cursor, 'q1', key, NOW + 24 * HOUR)).toEqual(['1']);
    expect(() => open(cursor, 'q1', key, NOW + 25 * HOUR)).toThrow('older than 24 hours');
  });

  it('shows nothing of the values', () => {
    const bytes = Buffer.from(seal(['secret'], 'bound'), 'base64url').toString('latin1');
    expect(bytes).not.toMatch(/secret|bound/);
  });
});

function codeOf(open: () => unknown): unknown {
  try {
    return open();
  } catch (error) {
    return (error as { readonly code?: unknown }).code;
  }
}
