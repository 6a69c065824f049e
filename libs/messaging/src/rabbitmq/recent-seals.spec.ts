import { createHash } from 'node:crypto';
import { RecentSeals } from './recent-seals.js';

const seal = (n: number): Buffer => createHash('sha256').update(String(n)).digest();

describe('RecentSeals', () => {
  it('takes each seal once, and forgets the oldest when there are too many', () => {
    const recent = new RecentSeals(3);
    expect([1, 2, 3, 1].map((n) => recent.take(seal(n)))).toEqual([true, true, true, false]);
    expect(recent.take(seal(4))).toBe(true);
    expect([2, 3, 4].map((n) => recent.take(seal(n)))).toEqual([false, false, false]);
    expect(recent.take(seal(1))).toBe(true);
  });
});
