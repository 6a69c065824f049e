import { FailedAttempts, networkOf } from './failed-attempts.js';

describe('networkOf', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['what a proxy made up', 'what a proxy made up'],
  ])('counts %s as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('FailedAttempts', () => {
  it('lets the first ones be told, then tells that there were too many', async () => {
    const attempts = new FailedAttempts(2);
    expect([await attempts.failed('192.0.2.7'), await attempts.failed('192.0.2.7')]).toEqual([null, null]);
    expect(await attempts.failed('192.0.2.7')).toMatchObject({
      code: 'rate-limited',
      details: { limit: { name: 'failed-attempts', value: 2 } },
    });
    await expect(attempts.check('192.0.2.7')).rejects.toMatchObject({ code: 'rate-limited' });
    await attempts.check('192.0.2.8');
  });

  it('counts nothing when it is off', async () => {
    const attempts = new FailedAttempts(0);
    for (let at = 0; at < 1_000; at += 1) expect(await attempts.failed('192.0.2.7')).toBeNull();
    await attempts.check('192.0.2.7');
  });
});
