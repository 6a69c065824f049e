import { Readable } from 'node:stream';

const QUOTE = 0x22;
const LINE_FEED = 0x0a;

/** Rows of a CSV file (RFC 4180) with a header. Throws where it ends within quotes. */
export async function csvRows(content: Readable): Promise<number> {
  let [lines, isQuoted, last] = [0, false, LINE_FEED];
  for await (const piece of content as AsyncIterable<Buffer>) {
    for (const byte of piece) {
      // A quote that is doubled inside a value turns this off and on again.
      if (byte === QUOTE) isQuoted = !isQuoted;
      else if (byte === LINE_FEED && !isQuoted) lines += 1;
      last = byte;
    }
  }
  if (isQuoted) throw new Error('it ends within a quoted value');
  if (last !== LINE_FEED) lines += 1;
  return Math.max(0, lines - 1);
}
