import { StuckStatements } from './stuck-statements.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

it('is stuck at first, broken after half a minute, and well once the statement has ended', () => {
  const stuck = new StuckStatements({});
  expect(stuck.health()).toBe('well');
  const ended = stuck.add();
  jest.advanceTimersByTime(29_999);
  expect(stuck.health()).toBe('stuck');
  jest.advanceTimersByTime(1);
  expect(stuck.health()).toBe('broken');
  ended();
  expect(stuck.health()).toBe('well');
});

it('is broken at once when more are stuck than threads can be spared', () => {
  const stuck = new StuckStatements({});
  for (let n = 0; n < 4; n += 1) stuck.add();
  expect(stuck.mayBeReplaced()).toBe(true);
  expect(stuck.health()).toBe('stuck');
  const fifth = stuck.add();
  expect(stuck.mayBeReplaced()).toBe(false);
  expect(stuck.health()).toBe('broken');
  fifth();
  expect(stuck.health()).toBe('stuck');
});
