import { ClientStanding } from './client-standing.js';

describe('ClientStanding', () => {
  it('asks once in ten seconds, and sees a revocation then', async () => {
    let now = 0;
    let live = true;
    const isLive = jest.fn(() => Promise.resolve(live));
    const standing = new ClientStanding(isLive, jest.fn(), () => now);
    await standing.check('a');
    live = false;
    now = 9_999;
    expect(await standing.check('a')).toBe(true);
    expect(isLive).toHaveBeenCalledTimes(1);
    now = 10_000;
    expect(await standing.check('a')).toBe(false);
  });

  it('keeps its last answer while the database is away, and says so', async () => {
    let now = 0;
    const isLive = jest.fn(() => Promise.resolve(true));
    const onFault = jest.fn();
    const standing = new ClientStanding(isLive, onFault, () => now);
    await standing.check('a');
    isLive.mockRejectedValue(new Error('gone'));
    now = 60_000;
    expect(await standing.check('a')).toBe(true);
    expect(onFault).toHaveBeenCalledTimes(1);
    await expect(standing.check('b')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('waits a moment for a database that hangs, once for all requests, and then goes by its last answer', async () => {
    jest.useFakeTimers({ now: 0 });
    try {
      const isLive = jest.fn(() => Promise.resolve(true));
      const standing = new ClientStanding(isLive, jest.fn());
      await standing.check('a');
      let answer: (live: boolean) => void = () => undefined;
      isLive.mockImplementation(() => new Promise((resolve) => (answer = resolve)));
      jest.setSystemTime(10_000);
      const checks = Promise.all([standing.check('a'), standing.check('a')]);
      await jest.advanceTimersByTimeAsync(500);
      expect(await checks).toEqual([true, true]);
      expect(await standing.check('a')).toBe(true);
      expect(isLive).toHaveBeenCalledTimes(2);
      answer(false);
      await jest.advanceTimersByTimeAsync(0);
      expect(await standing.check('a')).toBe(false);
    } finally {
      jest.useRealTimers();
    }
  });

  it('tells that the database hangs when there is no last answer', async () => {
    jest.useFakeTimers();
    try {
      const standing = new ClientStanding(() => new Promise(() => undefined), jest.fn());
      const check = expect(standing.check('a')).rejects.toMatchObject({ code: 'unavailable' });
      await jest.advanceTimersByTimeAsync(5_000);
      await check;
    } finally {
      jest.useRealTimers();
    }
  });

  it('remembers a bounded number', async () => {
    const isLive = jest.fn(() => Promise.resolve(true));
    const standing = new ClientStanding(isLive, jest.fn());
    for (let index = 0; index <= 10_000; index += 1) await standing.check(String(index));
    await standing.check('0');
    expect(isLive).toHaveBeenCalledTimes(10_002);
  });
});
