import { ExportCompression } from '@sluice/contracts';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline as pipe, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { zipEntries } from './zip-entries.js';

export interface ExportedFile {
  readonly file: string;
  readonly compression: ExportCompression | null;
}

/** Gives a delivered file's content, without its compression, to `use`. */
export async function withContent<T>(
  { file, compression }: ExportedFile,
  signal: AbortSignal,
  use: (content: Readable) => Promise<T>,
): Promise<T> {
  switch (compression) {
    case null:
      return use(createReadStream(file, { signal }));
    case 'gzip':
      return use(pipe(createReadStream(file, { signal }), createGunzip(), toldByStream));
    case 'zip':
      return withOnlyEntry(file, signal, use);
  }
}

/** The same as a plain file, for formats that are read from their end; in a folder of its own, and removed, where it had to be unpacked. */
export async function withPlainFile<T>(
  exported: ExportedFile,
  signal: AbortSignal,
  use: (file: string) => Promise<T>,
): Promise<T> {
  if (exported.compression === null) return use(exported.file);
  const folder = await mkdtemp(join(tmpdir(), 'sluice-verify-'));
  try {
    const file = join(folder, 'content');
    await withContent(exported, signal, (content) => pipeline(content, createWriteStream(file), { signal }));
    return await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A fault destroys the last stream with itself, so that whoever reads it is told. `compose` lost the one of a gzip file that was cut. */
const toldByStream = (): void => undefined;

/** An export's archive holds one file. */
async function withOnlyEntry<T>(
  file: string,
  signal: AbortSignal,
  use: (content: Readable) => Promise<T>,
): Promise<T> {
  const outcomes: T[] = [];
  for await (const { open } of zipEntries(file)) {
    signal.throwIfAborted();
    if (outcomes.length > 0) throw new Error('the archive holds more than one file');
    outcomes.push(await use(await open()));
  }
  if (outcomes.length === 0) throw new Error('the archive holds no file');
  return outcomes[0] as T;
}
