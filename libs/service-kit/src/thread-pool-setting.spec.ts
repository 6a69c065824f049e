import { SettingsError } from './settings.js';
import { readThreadPool } from './thread-pool-setting.js';

const read = readThreadPool(() => 24);

it('takes a pool that is large enough', () => {
  expect(read({ UV_THREADPOOL_SIZE: '24' })).toBe(24);
});

it.each([
  [{}, 'UV_THREADPOOL_SIZE is not set, which means 4: at least 24 threads are needed.'],
  [{ UV_THREADPOOL_SIZE: '23' }, 'UV_THREADPOOL_SIZE is too small: at least 24 threads are needed.'],
  [{ UV_THREADPOOL_SIZE: 'many' }, 'UV_THREADPOOL_SIZE is too small: at least 24 threads are needed.'],
])('refuses %j', (env, told) => {
  expect(() => read(env)).toThrow(new SettingsError([told]));
});
