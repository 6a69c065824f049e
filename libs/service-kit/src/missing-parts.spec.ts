import { MissingParts } from './missing-parts.js';

describe('MissingParts', () => {
  it('names what is waited for until it came, more exactly where more is known', async () => {
    const parts = new MissingParts();
    parts.await('rabbitmq');
    parts.await('postgres', ['migrations']);
    expect(await parts.names()).toEqual(['rabbitmq', 'migrations']);
    parts.came('rabbitmq');
    parts.came('postgres');
    expect(await parts.names()).toEqual([]);
  });

  it('names what a check finds, and the check itself when it fails', async () => {
    const parts = new MissingParts();
    parts.watch('postgres', () => Promise.resolve(['migrations']));
    parts.watch('store', () => Promise.reject(new Error('away')));
    parts.watch('bus', () => Promise.resolve([]));
    expect(await parts.names()).toEqual(['migrations', 'store']);
  });

  it('takes an answer again for as long as it counts', async () => {
    let now = 0;
    const parts = new MissingParts(() => now);
    const check = jest.fn(() => Promise.resolve(['store']));
    parts.watch('store', check, 10_000);
    for (now of [0, 9_999, 10_000, 19_999]) expect(await parts.names()).toEqual(['store']);
    expect(check).toHaveBeenCalledTimes(2);
  });

  it('does not wait for a check that hangs, nor start it again', async () => {
    jest.useFakeTimers();
    const parts = new MissingParts();
    const check = jest.fn(() => new Promise<readonly string[]>(() => undefined));
    parts.watch('postgres', check);
    for (let round = 0; round < 3; round += 1) {
      const names = parts.names();
      await jest.advanceTimersByTimeAsync(1_500);
      expect(await names).toEqual(['postgres']);
    }
    expect(check).toHaveBeenCalledTimes(1);
    jest.useRealTimers();
  });
});
