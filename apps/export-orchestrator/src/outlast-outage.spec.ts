import { SluiceError } from '@sluice/contracts';
import { outlastOutage, OutageTimes } from './outlast-outage.js';

/** A clock that only pauses move. */
function pausing(): OutageTimes & { readonly pauses: number[] } {
  const pauses: number[] = [];
  const now = (): number => pauses.reduce((sum, ms) => sum + ms, 0);
  return { pauses, now, pause: (ms) => Promise.resolve(pauses.push(ms)) };
}

const away = new SluiceError('unavailable', 'The job store does not answer.');

describe('outlastOutage', () => {
  it('tries again, after longer and longer pauses, until what was away is back', async () => {
    const times = pausing();
    const work = jest.fn(() => (times.pauses.length < 8 ? Promise.reject(away) : Promise.resolve('done')));
    expect(await outlastOutage(work, times)).toBe('done');
    expect(work).toHaveBeenCalledTimes(9);
    const [first = 0] = times.pauses;
    expect(first).toBeLessThanOrEqual(312.5);
    expect(times.pauses.at(-1)).toBeGreaterThanOrEqual(3_750);
  });

  it('throws every other fault at once', async () => {
    const times = pausing();
    const fault = new SluiceError('invalid-request', 'No.');
    await expect(outlastOutage(() => Promise.reject(fault), times)).rejects.toBe(fault);
    expect(times.pauses).toEqual([]);
  });

  it('gives up after ten minutes', async () => {
    const times = pausing();
    await expect(outlastOutage(() => Promise.reject(away), times)).rejects.toBe(away);
    expect(times.now()).toBeLessThanOrEqual(601_250);
    expect(times.now()).toBeGreaterThan(590_000);
  });
});
