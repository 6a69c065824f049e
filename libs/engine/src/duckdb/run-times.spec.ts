import { RunTimes } from './run-times.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function ran(times: RunTimes, ms: number): void {
  const ended = times.start();
  jest.advanceTimersByTime(ms);
  ended();
  ended();
}

it('says a second when nothing is known', () => {
  expect(new RunTimes().secondsUntil(100, 1)).toBe(1);
});

it('is the time that the line needs', () => {
  const times = new RunTimes();
  ran(times, 2_000);
  expect(times.secondsUntil(20, 4)).toBe(10);
  for (let run = 0; run < 30; run += 1) ran(times, 500);
  expect(times.secondsUntil(20, 4)).toBe(3);
  expect(times.secondsUntil(1_000_000, 4)).toBe(60);
});

it('counts what still runs', () => {
  const times = new RunTimes();
  ran(times, 10);
  times.start();
  jest.advanceTimersByTime(8_000);
  expect(times.secondsUntil(4, 2)).toBe(16);
});
