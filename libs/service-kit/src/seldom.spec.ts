import { seldom } from './seldom.js';

it('tells the same once a minute, and anything new at once', () => {
  let now = 0;
  const told: string[] = [];
  const tell = seldom(
    (error) => told.push(`${now} ${String(error)}`),
    60_000,
    () => now,
  );
  tell(new Error('password'));
  now = 59_999;
  tell(new Error('password'));
  now = 60_000;
  tell(new Error('password'));
  tell('refused');
  tell(new Error('password'));
  expect(told).toEqual([
    '0 Error: password',
    '60000 Error: password',
    '60000 refused',
    '60000 Error: password',
  ]);
});
