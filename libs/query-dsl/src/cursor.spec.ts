import { SluiceError } from '@sluice/contracts';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { openCursor, sealCursor } from './cursor.js';

const key = randomBytes(32);
const open = (cursor: string, bound = 'q1', with_ = key): unknown =>
  openCursor(cursor, bound, with_, '/page/after');

describe('cursor', () => {
  it('gives back the position, for the same query, view and key', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.string({ unit: 'binary' }))), (position) => {
        const wellFormed = position.map((text) => text && text.toWellFormed());
        expect(open(sealCursor(wellFormed, 'q1', key))).toEqual(wellFormed);
      }),
    );
  });

  it('is refused when any bit is changed, or borrowed for another query', () => {
    const cursor = sealCursor(['2001-01-01', null], 'q1', key);
    const bytes = Buffer.from(cursor, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => open(changed.toString('base64url'))).toThrow(SluiceError);
    }
    expect(() => open(cursor, 'q2')).toThrow('was not made for this query');
    expect(() => open(cursor, 'q1', randomBytes(32))).toThrow(SluiceError);
    for (const other of ['', 'x', `${cursor}=`, `${cursor}A`, ' ' + cursor])
      expect(() => open(other)).toThrow(SluiceError);
  });

  it('shows nothing of the values', () => {
    expect(Buffer.from(sealCursor(['secret'], 'q1', key), 'base64url').toString('latin1')).not.toContain(
      'secret',
    );
  });
});
