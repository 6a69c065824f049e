import { assertThreadPoolSize, requiredThreadPoolSize } from './thread-pool.js';

it('leaves threads for Node beside those of the engine', () => {
  expect(requiredThreadPoolSize(8, 4)).toBe(28);
});

it.each(['28', '64'])('accepts %s', (size) => {
  expect(() => {
    assertThreadPoolSize(28, size);
  }).not.toThrow();
});

it.each([undefined, '4', '27', '', 'many'])('refuses %p, naming what is needed', (size) => {
  expect(() => {
    assertThreadPoolSize(28, size);
  }).toThrow('at least 28 threads are needed');
});
