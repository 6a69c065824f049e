import { retryDelayMs } from './retry-delay.js';

describe('retryDelayMs', () => {
  it.each([
    [1, 0, 2_000],
    [1, 1, 3_000],
    [2, 0, 4_000],
    [3, 0.5, 10_000],
  ])('pauses before retry %i (random %d) for %i ms', (retry, random, expected) => {
    expect(retryDelayMs(2_000, retry, random)).toBe(expected);
  });
});
