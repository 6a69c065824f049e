import { SecretCheck } from './secret-check.js';

/** Stands for scrypt: `hash(x)` is the hash of `x`. */
const compare = jest.fn((secret: string, stored: string) => Promise.resolve(stored === `hash(${secret})`));

describe('SecretCheck', () => {
  beforeEach(() => compare.mockClear());

  it('tells a right secret from a wrong one', async () => {
    const check = new SecretCheck(compare);
    expect(await check.matches('right', 'hash(right)')).toBe(true);
    expect(await check.matches('wrong', 'hash(right)')).toBe(false);
  });

  it('remembers a match for five minutes', async () => {
    let now = 0;
    const check = new SecretCheck(compare, () => now);
    for (now of [0, 1, 299_999]) expect(await check.matches('right', 'hash(right)')).toBe(true);
    expect(compare).toHaveBeenCalledTimes(1);
    now = 300_001;
    expect(await check.matches('right', 'hash(right)')).toBe(true);
    expect(compare).toHaveBeenCalledTimes(2);
  });

  it('forgets when the hash changes, and never remembers a mismatch', async () => {
    const check = new SecretCheck(compare);
    await check.matches('right', 'hash(right)');
    expect(await check.matches('right', 'hash(new)')).toBe(false);
    expect(await check.matches('right', 'hash(new)')).toBe(false);
    expect(compare).toHaveBeenCalledTimes(3);
  });

  it('remembers a bounded number', async () => {
    const check = new SecretCheck(compare);
    for (let index = 0; index <= 1_000; index += 1) {
      await check.matches(String(index), `hash(${String(index)})`);
    }
    compare.mockClear();
    await check.matches('0', 'hash(0)');
    expect(compare).toHaveBeenCalledTimes(1);
  });

  it('compares two at a time, lets 64 wait, and refuses more', async () => {
    let running = 0;
    let most = 0;
    const check = new SecretCheck(async () => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running -= 1;
      return false;
    });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 70 }, (_, index) => check.matches(String(index), 'hash')),
    );
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(most).toBe(2);
    expect(refused).toHaveLength(4);
    expect(refused[0]).toMatchObject({ reason: { code: 'overloaded' } });
    expect(await check.matches('late', 'hash')).toBe(false);
  });

  it('can pretend, at the cost of a comparison', async () => {
    await new SecretCheck(compare).pretend();
    expect(compare).toHaveBeenCalledTimes(1);
  });
});
