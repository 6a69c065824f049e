import { open } from 'node:fs/promises';
import { fromBase64, isKey } from '../store-settings.js';

/** Group may read, as a mounted secret needs it; nobody else may do anything. */
const OPEN_TO_OTHERS = 0o037;
const MAX_KEYS = 1_000;

/**
 * Reads master keys: one a line in base64, the newest first; empty lines and those that begin with `#` do not count.
 *
 * @throws Error in one sentence when others may read the file, a line is no key, or there is none
 */
export async function readKeyFile(file: string): Promise<readonly Buffer[]> {
  const handle = await open(file, 'r');
  try {
    const { mode } = await handle.stat();
    if ((mode & OPEN_TO_OTHERS) !== 0 && process.platform !== 'win32') {
      throw new Error(`${file} is open to others; set its mode to 600.`);
    }
    return keysOf(file, await handle.readFile('utf8'));
  } finally {
    await handle.close();
  }
}

function keysOf(file: string, text: string): readonly Buffer[] {
  const lines = text.split('\n').map((line, at) => ({ line: line.trim(), number: at + 1 }));
  const keys = lines.filter(({ line }) => line !== '' && !line.startsWith('#'));
  const bad = keys.find(({ line }) => !isKey(line));
  if (bad !== undefined) {
    throw new Error(`Line ${String(bad.number)} of ${file} is not a key of 32 bytes in base64.`);
  }
  if (keys.length === 0 || keys.length > MAX_KEYS) {
    throw new Error(`${file} holds ${String(keys.length)} keys; it must hold 1 to ${String(MAX_KEYS)}.`);
  }
  return keys.map(({ line }) => fromBase64(line));
}
