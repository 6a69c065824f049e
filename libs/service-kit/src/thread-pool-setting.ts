import { Environment, SettingsError } from './settings.js';

const NAME = 'UV_THREADPOOL_SIZE';
/** What Node takes when nothing is set. */
const DEFAULT_SIZE = 4;

/**
 * Reads how many threads of the pool the process has, and refuses fewer than it needs: with too few, long statements stop every file read, name
 * look-up and health probe. The pool reads the variable before the first line of code, so it cannot be set from here.
 *
 * @param required asked when the other settings it depends on may be bad; its SettingsError is then told by their own reader
 */
export function readThreadPool(required: () => number): (env: Environment) => number {
  return (env) => {
    const text = env[NAME] ?? '';
    const size = text === '' ? DEFAULT_SIZE : Number(text);
    const needed = required();
    if (size >= needed) return size;
    const told = text === '' ? `not set, which means ${String(DEFAULT_SIZE)}` : 'too small';
    throw new SettingsError([`${NAME} is ${told}: at least ${String(needed)} threads are needed.`]);
  };
}
