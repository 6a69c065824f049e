import { addCounts, noTests, summaryLine } from './jest-results.mjs';

describe('summaryLine', () => {
  it('has a fixed form', () => {
    expect(summaryLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed');
  });

  it('names skipped tests only when there are any', () => {
    expect(summaryLine({ passed: 1, failed: 2, skipped: 3 })).toBe('1 passed, 2 failed, 3 skipped');
  });

  it('sums the runs', () => {
    const one = { passed: 1, failed: 2, skipped: 3 };
    expect(addCounts(addCounts(noTests, one), one)).toEqual({ passed: 2, failed: 4, skipped: 6 });
  });
});
