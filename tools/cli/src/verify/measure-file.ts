import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

export interface FileMeasure {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** Reads a file once, with flat memory. */
export async function measureFile(file: string, signal: AbortSignal): Promise<FileMeasure> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(file, { signal }) as AsyncIterable<Buffer>) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
