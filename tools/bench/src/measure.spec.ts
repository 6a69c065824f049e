import { measure, summarise } from './measure.js';

describe('summarise', () => {
  it('gives rate, median and the slow end', () => {
    const latencies = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(summarise(latencies, 10)).toEqual({ rate: 10, p50: 51, p95: 96 });
    expect(() => summarise([], 1)).toThrow(RangeError);
  });
});

describe('measure', () => {
  it('keeps as many askers busy as told, and numbers their turns', async () => {
    const turns: number[] = [];
    let [running, most] = [0, 0];
    await measure({ clients: 3, seconds: 0.2 }, async (_, turn) => {
      turns.push(turn);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    });
    expect(most).toBe(3);
    expect(turns).toEqual(turns.map((_, index) => index));
  });
});
