import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

const CANDIDATES = [',', ';', '\t', '|'] as const;
/** A header line longer than this is not looked at whole. */
const HEADER_BYTES = 65_536;

/** The delimiter that stands most often in the first line of a CSV file, outside quotes; a comma when there is none. */
export async function guessDelimiter(path: string, gzipped: boolean): Promise<string> {
  return delimiterOf(await readStart(path, gzipped));
}

export function delimiterOf(start: string): string {
  const [header = ''] = start.replaceAll(/"[^"]*"/g, '').split(/[\r\n]/, 1);
  const counts = CANDIDATES.map((candidate) => header.split(candidate).length);
  return CANDIDATES[counts.indexOf(Math.max(...counts))] ?? ',';
}

async function readStart(path: string, gzipped: boolean): Promise<string> {
  let start = '';
  const collect = async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) {
      start += chunk.toString('latin1');
      if (start.length >= HEADER_BYTES) return;
    }
  };
  const file = createReadStream(path);
  if (gzipped) await pipeline(file, createGunzip(), collect);
  else await pipeline(file, collect);
  return start;
}
