import { Standings } from './standings.js';

function start(maxKeys = 10) {
  const clock = { now: 5 };
  const standings = new Standings({ name: 'default', limit: 3, windowSeconds: 60 }, () => clock.now, maxKeys);
  return { clock, standings };
}

describe('Standings', () => {
  it('goes on from the highest count that was told, to the end of that window', () => {
    const { clock, standings } = start();
    standings.learn('a', { allowed: true, remaining: 1, resetMs: 1_000 });
    standings.learn('a', { allowed: true, remaining: 2, resetMs: 1_000 });
    expect(standings.spend('a')).toEqual({ allowed: true, remaining: 0, resetMs: 1_000 });
    expect(standings.spend('a')).toEqual({ allowed: false, remaining: 0, resetMs: 1_000 });
    expect(standings.spend('b')).toEqual({ allowed: true, remaining: 2, resetMs: 60_000 });
    clock.now += 1_000;
    expect(standings.spend('a')).toEqual({ allowed: true, remaining: 2, resetMs: 60_000 });
  });

  it('hands out what is owed once, and nothing of a window that is over', () => {
    const { clock, standings } = start();
    for (let at = 0; at < 5; at += 1) standings.spend('a');
    standings.owe('a', -1);
    expect([standings.takeOwed('a'), standings.takeOwed('a')]).toEqual([2, 0]);
    standings.owe('a', 2);
    clock.now += 60_000;
    standings.owe('a', 1);
    expect(standings.takeOwed('a')).toBe(0);
  });

  it('forgets the key that was not used for longest', () => {
    const { standings } = start(2);
    for (const key of ['a', 'b', 'a', 'c']) standings.spend(key);
    expect(standings.takeOwed('a')).toBe(2);
    expect(standings.takeOwed('b')).toBe(0);
  });
});
