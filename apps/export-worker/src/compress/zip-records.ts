/**
 * The records of a ZIP file, as PKWARE's APPNOTE.TXT 6.3.10 has them (the numbers are its sections). Sizes and offsets go into the 32-bit
 * fields, and into a ZIP64 field of 64 bits only where they do not fit: some readers, Excel among them, refuse one that is not needed.
 */
export interface EntryRecord {
  /** UTF-8. */
  readonly name: Buffer;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Of the local header, from the beginning of the file. */
  readonly offset: number;
  /** Whether sizes and checksum follow the content, because they were not known before. */
  readonly streamed: boolean;
}

const LARGEST_32 = 0xffffffff;
const LARGEST_16 = 0xffff;
const LOCAL_HEADER = 30;
const DEFLATED = 8;
/** 4.4.4: names are UTF-8; a descriptor follows the content. */
const [UTF8_NAME, DESCRIPTOR_FOLLOWS] = [0x0800, 0x0008];
/** 4.4.3: 2.0 for deflate, 4.5 for ZIP64. */
const [VERSION, VERSION_ZIP64] = [20, 45];
/** 4.4.2 and 4.4.15: made on Unix; a plain file that its owner may write and everybody read. */
const [MADE_BY, ATTRIBUTES] = [(3 << 8) | VERSION_ZIP64, 0o100644 * 0x10000];

/** 4.3.7. A streamed entry has zeros for what is not known yet. */
export function localHeader({ name, crc, packed, size, streamed }: EntryRecord, time: DosTime): Buffer {
  const header = Buffer.alloc(LOCAL_HEADER);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(VERSION, 4);
  writeShared(header, 6, streamed, time);
  if (!streamed) writeSizes(header, 14, { crc, packed, size });
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

/**
 * 4.3.9. Sizes have 64 bits where one of them needs it. The local header cannot announce that, since it is written before; readers go by
 * the central directory.
 */
export function dataDescriptor({ crc, packed, size }: EntryRecord): Buffer {
  const isLarge = packed > LARGEST_32 || size > LARGEST_32;
  const descriptor = Buffer.alloc(isLarge ? 24 : 16);
  descriptor.writeUInt32LE(0x08074b50, 0);
  if (isLarge) {
    descriptor.writeUInt32LE(crc, 4);
    descriptor.writeBigUInt64LE(BigInt(packed), 8);
    descriptor.writeBigUInt64LE(BigInt(size), 16);
  } else {
    writeSizes(descriptor, 4, { crc, packed, size });
  }
  return descriptor;
}

/** From the local header's first byte to what follows the entry. */
export function entryBytes(entry: EntryRecord): number {
  return (
    LOCAL_HEADER + entry.name.length + entry.packed + (entry.streamed ? dataDescriptor(entry).length : 0)
  );
}

/** 4.3.12, with the ZIP64 field of 4.5.3: what does not fit, and nothing else, in this order. */
export function centralRecord(entry: EntryRecord, time: DosTime): Buffer {
  const { name, crc, packed, size, offset, streamed } = entry;
  const large = [size, packed, offset].filter((value) => value >= LARGEST_32);
  const extra = Buffer.alloc(large.length > 0 ? 4 + 8 * large.length : 0);
  if (large.length > 0) {
    extra.writeUInt16LE(0x0001, 0);
    extra.writeUInt16LE(8 * large.length, 2);
    large.forEach((value, index) => extra.writeBigUInt64LE(BigInt(value), 4 + 8 * index));
  }
  const record = Buffer.alloc(46);
  record.writeUInt32LE(0x02014b50, 0);
  record.writeUInt16LE(MADE_BY, 4);
  record.writeUInt16LE(large.length > 0 ? VERSION_ZIP64 : VERSION, 6);
  writeShared(record, 8, streamed, time);
  writeSizes(record, 16, { crc, packed, size });
  record.writeUInt16LE(name.length, 28);
  record.writeUInt16LE(extra.length, 30);
  record.writeUInt32LE(ATTRIBUTES, 38);
  record.writeUInt32LE(Math.min(offset, LARGEST_32), 42);
  return Buffer.concat([record, name, extra]);
}

/** 4.3.16, with 4.3.14 and 4.3.15 before it where one of the numbers does not fit. */
export function endRecords(entries: number, directoryBytes: number, directoryOffset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(entries, LARGEST_16), 8);
  end.writeUInt16LE(Math.min(entries, LARGEST_16), 10);
  end.writeUInt32LE(Math.min(directoryBytes, LARGEST_32), 12);
  end.writeUInt32LE(Math.min(directoryOffset, LARGEST_32), 16);
  const fits = entries < LARGEST_16 && directoryBytes < LARGEST_32 && directoryOffset < LARGEST_32;
  return fits ? end : Buffer.concat([zip64End(entries, directoryBytes, directoryOffset), end]);
}

function zip64End(entries: number, directoryBytes: number, directoryOffset: number): Buffer {
  const record = Buffer.alloc(56 + 20);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(MADE_BY, 12);
  record.writeUInt16LE(VERSION_ZIP64, 14);
  record.writeBigUInt64LE(BigInt(entries), 24);
  record.writeBigUInt64LE(BigInt(entries), 32);
  record.writeBigUInt64LE(BigInt(directoryBytes), 40);
  record.writeBigUInt64LE(BigInt(directoryOffset), 48);
  record.writeUInt32LE(0x07064b50, 56);
  record.writeBigUInt64LE(BigInt(directoryOffset + directoryBytes), 64);
  record.writeUInt32LE(1, 72);
  return record;
}

/** Flags, method and time stand in both headers in one order. */
function writeShared(header: Buffer, at: number, streamed: boolean, { date, time }: DosTime): void {
  header.writeUInt16LE(UTF8_NAME | (streamed ? DESCRIPTOR_FOLLOWS : 0), at);
  header.writeUInt16LE(DEFLATED, at + 2);
  header.writeUInt16LE(time, at + 4);
  header.writeUInt16LE(date, at + 6);
}

function writeSizes(
  to: Buffer,
  at: number,
  { crc, packed, size }: Pick<EntryRecord, 'crc' | 'packed' | 'size'>,
): void {
  to.writeUInt32LE(crc, at);
  to.writeUInt32LE(Math.min(packed, LARGEST_32), at + 4);
  to.writeUInt32LE(Math.min(size, LARGEST_32), at + 8);
}

/** 4.4.6: a time as MS-DOS had it, from 1980 to 2107, every other second. */
export interface DosTime {
  readonly date: number;
  readonly time: number;
}

/** In UTC: the format knows no zone, and a worker's own is nobody's business. */
export function dosTime(at: Date): DosTime {
  const year = Math.min(Math.max(at.getUTCFullYear(), 1980), 2107);
  return {
    date: ((year - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
    time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
  };
}
