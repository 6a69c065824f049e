import { preferredWait } from './preferred-wait.js';

describe('preferredWait', () => {
  it.each([
    ['wait=20', 20],
    ['respond-async, wait=10', 10],
    ['Wait = "7"; x=1', 7],
    ['wait=1, wait=2', 1],
    ['wait=300', 300],
    [null, null],
    ['wait', null],
    ['wait=0', null],
    ['wait=301', null],
    ['wait=-1', null],
    ['wait=1.5', null],
    ['await=5', null],
    ['return=minimal', null],
  ])('reads %j as %j', (prefer, seconds) => {
    expect(preferredWait(prefer)).toBe(seconds);
  });
});
