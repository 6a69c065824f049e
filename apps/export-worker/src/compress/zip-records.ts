/**
 * The records of a ZIP archive (PKWARE's APPNOTE 6.3) that has one entry, written front to back: sizes follow the data, and are eight bytes
 * wide (ZIP64) only where four are too few, since some readers know no other kind.
 */
export interface ZipEntry {
  readonly name: string;
  /** Written in UTC: the format knows no zone. */
  readonly modified: Date;
}

export interface ZipSizes {
  readonly crc: number;
  readonly clearBytes: number;
  readonly deflatedBytes: number;
}

const MAX_32 = 0xff_ff_ff_ff;
const VERSION = 20;
const VERSION_ZIP64 = 45;
/** Of Unix, so that the mode below counts. */
const MADE_BY = 3 << 8;
const MODE = 0o100644 * 65_536;
/** Sizes follow the data (bit 3); the name is UTF-8 (bit 11). */
const FLAGS = 0x0808;
const DEFLATED = 8;
const ZIP64_EXTRA = 1;
const FIRST_YEAR = 1980;

type Field = readonly [bytes: 2 | 4 | 8, value: number];

function record(...fields: readonly Field[]): Buffer {
  const buffer = Buffer.alloc(fields.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 2) buffer.writeUInt16LE(value, at);
    else if (bytes === 4) buffer.writeUInt32LE(value, at);
    else buffer.writeBigUInt64LE(BigInt(value), at);
    at += bytes;
  }
  return buffer;
}

const isLarge = ({ clearBytes, deflatedBytes }: ZipSizes): boolean =>
  clearBytes >= MAX_32 || deflatedBytes >= MAX_32;

/** What stands before the data. */
export function localHeader({ name, modified }: ZipEntry): Buffer {
  const bytes = Buffer.from(name);
  const head = record([4, 0x04034b50], [2, VERSION], [2, FLAGS], [2, DEFLATED], ...dosTime(modified));
  return Buffer.concat([head, record([4, 0], [4, 0], [4, 0], [2, bytes.length], [2, 0]), bytes]);
}

/** What stands after the data. */
export function dataDescriptor(sizes: ZipSizes): Buffer {
  const width = isLarge(sizes) ? 8 : 4;
  return record([4, 0x08074b50], [4, sizes.crc], [width, sizes.deflatedBytes], [width, sizes.clearBytes]);
}

/** The list of the one entry, and the archive's end. */
export function centralDirectory(entry: ZipEntry, sizes: ZipSizes): Buffer {
  const start = localHeader(entry).length + sizes.deflatedBytes + dataDescriptor(sizes).length;
  const list = listEntry(entry, sizes);
  const end = start + list.length;
  const needs64 = isLarge(sizes) || start >= MAX_32;
  const wide = needs64 ? [endZip64(start, list.length, end)] : [];
  const offset = Math.min(start, MAX_32);
  return Buffer.concat([
    list,
    ...wide,
    record([4, 0x06054b50], [2, 0], [2, 0], [2, 1], [2, 1], [4, list.length], [4, offset], [2, 0]),
  ]);
}

function listEntry(entry: ZipEntry, sizes: ZipSizes): Buffer {
  const name = Buffer.from(entry.name);
  const large = isLarge(sizes);
  const extra = large
    ? record([2, ZIP64_EXTRA], [2, 16], [8, sizes.clearBytes], [8, sizes.deflatedBytes])
    : Buffer.alloc(0);
  const version = large ? VERSION_ZIP64 : VERSION;
  const head = record(
    [4, 0x02014b50],
    [2, MADE_BY | version],
    [2, version],
    [2, FLAGS],
    [2, DEFLATED],
    ...dosTime(entry.modified),
  );
  const rest = record(
    [4, sizes.crc],
    [4, large ? MAX_32 : sizes.deflatedBytes],
    [4, large ? MAX_32 : sizes.clearBytes],
    [2, name.length],
    [2, extra.length],
    [2, 0],
    [2, 0],
    [2, 0],
    [4, MODE],
    [4, 0],
  );
  return Buffer.concat([head, rest, name, extra]);
}

function endZip64(start: number, listBytes: number, at: number): Buffer {
  return Buffer.concat([
    record([4, 0x06064b50], [8, 44], [2, MADE_BY | VERSION_ZIP64], [2, VERSION_ZIP64], [4, 0], [4, 0]),
    record([8, 1], [8, 1], [8, listBytes], [8, start]),
    record([4, 0x07064b50], [4, 0], [8, at], [4, 1]),
  ]);
}

/** Time and date as DOS kept them: steps of two seconds, from 1980. */
function dosTime(at: Date): readonly Field[] {
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  const years = Math.max(0, at.getUTCFullYear() - FIRST_YEAR);
  const date = (years << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  return [
    [2, time],
    [2, date],
  ];
}
