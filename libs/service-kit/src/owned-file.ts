import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Group may read, as Kubernetes mounts a secret for a non-root process; nobody else may do anything. */
const OPEN_TO_OTHERS = 0o037;

/**
 * Reads a text file that is closed to others, and makes it first (mode 600) when there is none. Two processes that start at
 * the same time end up with the same file: it appears whole, and the first one wins.
 *
 * @param make gives the text of a new file; its result is thrown away when another process was first
 * @throws Error when others may read or change the file, or it cannot be read or written
 */
export async function loadOrCreateFile(file: string, make: () => string | Promise<string>): Promise<string> {
  const present = await readOwned(file);
  if (present !== null) return present;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeThrough(draft, await make());
    await link(draft, file).catch(ignoreExisting);
  } finally {
    await unlink(draft).catch(() => undefined);
  }
  const created = await readOwned(file);
  if (created === null) throw new Error(`${file} was removed while it was being made.`);
  return created;
}

/**
 * The secret of an installation: 48 random bytes as 64 characters, kept in `file` (mode 600).
 *
 * @throws Error when others may read or change the file, or when it holds fewer than 32 characters
 */
export async function loadOrCreateSecret(file: string): Promise<string> {
  const text = await loadOrCreateFile(file, () => `${randomBytes(48).toString('base64url')}\n`);
  const secret = text.trim();
  if (secret.length < 32) throw new Error(`${file} holds fewer than 32 characters; it is no secret.`);
  return secret;
}

async function readOwned(file: string): Promise<string | null> {
  try {
    const { mode } = await stat(file);
    if ((mode & OPEN_TO_OTHERS) !== 0 && process.platform !== 'win32') {
      throw new Error(`${file} is open to others; set its mode to 600.`);
    }
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function writeThrough(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
