import { crc32, deflateRawSync } from 'node:zlib';
import { DeflateOptions, FAST_DEFLATE, ParallelDeflate } from './parallel-deflate.js';
import {
  centralRecord,
  dataDescriptor,
  DosTime,
  dosTime,
  endRecords,
  entryBytes,
  EntryRecord,
  localHeader,
} from './zip-records.js';

export interface ZipEntry {
  /** Path inside the file, with `/` between its parts. */
  readonly name: string;
  /** Bytes that are at hand, or a source of any length that is read once and only as fast as the file is. */
  readonly content: Buffer | AsyncIterable<Buffer>;
}

export interface ZipOptions {
  /** Noted for each entry, in UTC and whole even seconds. */
  readonly modified: Date;
  readonly deflate?: DeflateOptions;
}

/**
 * A ZIP file, entry by entry, of any size and number (ZIP64 where needed). Nothing is kept of an entry but its record. Entries are taken one
 * by one as the file is read, so an entry may depend on what the ones before came to. Fails with the error of a source; throws a
 * RangeError for a name that is no relative path or stands twice.
 */
export async function* zipFile(
  entries: Iterable<ZipEntry> | AsyncIterable<ZipEntry>,
  { modified, deflate = FAST_DEFLATE }: ZipOptions,
): AsyncGenerator<Buffer, void, undefined> {
  const time = dosTime(modified);
  const directory: Buffer[] = [];
  const names = new Set<string>();
  let offset = 0;
  for await (const { name, content } of entries) {
    const place = { name: checkedName(name, names), offset };
    const parts = Buffer.isBuffer(content)
      ? wholeEntry(place, content, time, deflate)
      : streamedEntry(place, content, time, deflate);
    const entry = yield* parts;
    directory.push(centralRecord(entry, time));
    offset += entryBytes(entry);
  }
  const bytes = directory.reduce((sum, { length }) => sum + length, 0);
  yield Buffer.concat([...directory, endRecords(directory.length, bytes, offset)]);
}

type Place = Pick<EntryRecord, 'name' | 'offset'>;

/** Sizes stand before the content, which readers that look at the first bytes only like best. */
async function* wholeEntry(
  place: Place,
  content: Buffer,
  time: DosTime,
  { level }: DeflateOptions,
): AsyncGenerator<Buffer, EntryRecord, undefined> {
  const packed = deflateRawSync(content, { level });
  const sizes = { crc: crc32(content), packed: packed.length, size: content.length };
  const entry = { ...place, ...sizes, streamed: false };
  yield localHeader(entry, time);
  yield packed;
  return entry;
}

async function* streamedEntry(
  place: Place,
  content: AsyncIterable<Buffer>,
  time: DosTime,
  options: DeflateOptions,
): AsyncGenerator<Buffer, EntryRecord, undefined> {
  const unknown = { ...place, crc: 0, packed: 0, size: 0, streamed: true };
  yield localHeader(unknown, time);
  const deflate = new ParallelDeflate(options);
  yield* deflate.run(content);
  const entry = { ...unknown, crc: deflate.crc, packed: deflate.bytesOut, size: deflate.bytesIn };
  yield dataDescriptor(entry);
  return entry;
}

function checkedName(name: string, taken: Set<string>): Buffer {
  const bytes = Buffer.from(name);
  const isPath = /^[^\\\0]+$/.test(name) && name.split('/').every((part) => !['', '.', '..'].includes(part));
  if (!isPath || bytes.length > 0xffff)
    throw new RangeError(`No ZIP entry can be called ${JSON.stringify(name)}.`);
  if (taken.has(name)) throw new RangeError(`Two ZIP entries are called ${JSON.stringify(name)}.`);
  taken.add(name);
  return bytes;
}
