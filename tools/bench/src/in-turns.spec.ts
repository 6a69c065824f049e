import { ratiosOf } from './in-turns.js';

const at = (rate: number, p50: number) => ({ rate, p50, p95: 0 });

it('tells the median ratio and its range, of rates or of times', () => {
  const rounds = [
    { service: at(60, 3), baseline: at(100, 1) },
    { service: at(80, 2), baseline: at(100, 1) },
    { service: at(50, 4), baseline: at(100, 1) },
  ];
  expect(ratiosOf({ name: '', of: 'rate', rounds })).toEqual([0.6, 0.5, 0.8]);
  expect(ratiosOf({ name: '', of: 'p50', rounds })).toEqual([3, 2, 4]);
});
