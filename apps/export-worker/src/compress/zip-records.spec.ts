import {
  centralRecord,
  dataDescriptor,
  dosTime,
  endRecords,
  entryBytes,
  EntryRecord,
  localHeader,
} from './zip-records.js';

const FOUR_GIB = 2 ** 32;
const time = dosTime(new Date('2024-03-01T13:14:15Z'));
const entry: EntryRecord = {
  name: Buffer.from('ä.txt'),
  crc: 0xcbf43926,
  packed: 11,
  size: 9,
  offset: 70,
  streamed: true,
};

describe('the records of a ZIP file', () => {
  it('tell a time in UTC, and what lies beyond MS-DOS as its nearest year', () => {
    expect(time).toEqual({ date: (44 << 9) | (3 << 5) | 1, time: (13 << 11) | (14 << 5) | 7 });
    expect(dosTime(new Date('1970-01-01T00:00:00Z')).date >> 9).toBe(0);
    expect(dosTime(new Date('2500-01-01T00:00:00Z')).date >> 9).toBe(127);
  });

  it('leave sizes open before a streamed entry, and close them behind it', () => {
    const header = localHeader({ ...entry, crc: 0, packed: 0, size: 0 }, time);
    expect(header.toString('hex')).toBe(
      '504b0304140008080800c76961580000000000000000000000000600000' + '0c3a42e747874',
    );
    expect(dataDescriptor(entry).toString('hex')).toBe('504b07082639f4cb0b00000009000000');
    const known = localHeader({ ...entry, streamed: false }, time);
    expect(known.readUInt16LE(6)).toBe(0x0800);
    expect(known.subarray(14, 26).toString('hex')).toBe('2639f4cb0b00000009000000');
  });

  it('know how many bytes an entry takes', () => {
    expect(entryBytes(entry)).toBe(30 + 6 + 11 + 16);
    expect(entryBytes({ ...entry, streamed: false })).toBe(30 + 6 + 11);
    expect(entryBytes({ ...entry, size: FOUR_GIB })).toBe(30 + 6 + 11 + 24);
  });

  it('give 64 bits to what does not fit into 32, and to nothing else', () => {
    expect(centralRecord(entry, time)).toHaveLength(46 + 6);
    const large = centralRecord({ ...entry, size: FOUR_GIB + 5, offset: FOUR_GIB }, time);
    expect(large.readUInt16LE(6)).toBe(45);
    expect(large.readUInt32LE(20)).toBe(11);
    expect([large.readUInt32LE(24), large.readUInt32LE(42)]).toEqual([0xffffffff, 0xffffffff]);
    const extra = large.subarray(46 + 6);
    expect([extra.readUInt16LE(0), extra.readUInt16LE(2), extra.length]).toEqual([1, 16, 20]);
    expect([extra.readBigUInt64LE(4), extra.readBigUInt64LE(12)]).toEqual([
      BigInt(FOUR_GIB + 5),
      BigInt(FOUR_GIB),
    ]);
    const descriptor = dataDescriptor({ ...entry, size: FOUR_GIB + 5 });
    expect([descriptor.readBigUInt64LE(8), descriptor.readBigUInt64LE(16)]).toEqual([
      11n,
      BigInt(FOUR_GIB + 5),
    ]);
  });

  it.each([
    [65_534, 10, 20, 22],
    [65_535, 10, 20, 98],
    [1, FOUR_GIB, 20, 98],
    [1, 10, FOUR_GIB, 98],
  ])(
    'end with ZIP64 records only where needed: %d entries, %d bytes at %d',
    (entries, bytes, offset, length) => {
      const end = endRecords(entries, bytes, offset);
      expect(end).toHaveLength(length);
      const last = end.subarray(-22);
      expect([last.readUInt16LE(10), last.readUInt32LE(12), last.readUInt32LE(16)]).toEqual([
        Math.min(entries, 0xffff),
        Math.min(bytes, 0xffffffff),
        Math.min(offset, 0xffffffff),
      ]);
      if (length === 22) return;
      expect([32, 40, 48, 64].map((at) => Number(end.readBigUInt64LE(at)))).toEqual([
        entries,
        bytes,
        offset,
        offset + bytes,
      ]);
    },
  );
});
