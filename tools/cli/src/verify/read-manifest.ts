import { EXPORT_FORMATS, SignedManifest } from '@sluice/contracts';
import { open } from 'node:fs/promises';

/** A manifest names each column once; far below this even with thousands of them. */
const MAX_BYTES = 4_194_304;

/**
 * Reads a manifest, as far as it must have a shape for its signature to be checked; everything in it is only believed after that.
 *
 * @throws Error in one sentence when the file is no manifest
 */
export async function readManifest(file: string): Promise<SignedManifest> {
  const value = parsed(file, await readBounded(file));
  if (!isManifest(value)) throw new Error(`${file} is not a manifest of an export.`);
  return value;
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new Error(`${file} is not valid JSON.`, { cause });
  }
}

async function readBounded(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    if (size > MAX_BYTES)
      throw new Error(`${file} has ${String(size)} bytes; a manifest has ${String(MAX_BYTES)} at most.`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

function isManifest(value: unknown): value is SignedManifest {
  if (typeof value !== 'object' || value === null) return false;
  const { signature, sha256, bytes, rows, format } = value as Partial<Record<keyof SignedManifest, unknown>>;
  return (
    typeof signature === 'string' &&
    typeof sha256 === 'string' &&
    Number.isSafeInteger(bytes) &&
    Number.isSafeInteger(rows) &&
    EXPORT_FORMATS.some((known) => known === format)
  );
}
