import { ThriftCut, ThriftReader } from './thrift-reader.js';

/**
 * A structure with a value of each type, its last field apart by more than fifteen: bool true, byte, i32 -3, i64 2^40, double, binary "ab", list of
 * two booleans, list of sixteen i32, map of binary to i32, an empty map, a structure with a field, and 20: i32 7.
 */
const EVERYTHING = Buffer.from(
  [
    '11',
    '1305',
    '1505',
    '16808080808040',
    '170000000000000000',
    '18026162',
    '19210102',
    `19f510${'02'.repeat(16)}`,
    '1b0185016102',
    '1b00',
    '1c150200',
    '0528' + '0e',
    '00',
  ].join(''),
  'hex',
);

describe('ThriftReader', () => {
  const read = (bytes: Buffer): Map<number, number> => {
    const reader = new ThriftReader(bytes);
    const integers = new Map<number, number>();
    reader.readStruct(({ id, type }) => {
      if (type === 5 || type === 6) integers.set(id, reader.integer());
      else reader.skip(type);
      return true;
    });
    expect(reader.at).toBe(bytes.length);
    return integers;
  };

  it('reads integers and passes over everything else', () => {
    expect([...read(EVERYTHING)]).toEqual([
      [3, -3],
      [4, 2 ** 40],
      [20, 7],
    ]);
  });

  it('passes over the whole', () => {
    const reader = new ThriftReader(EVERYTHING);
    reader.skip(12);
    expect(reader.at).toBe(EVERYTHING.length);
  });

  it('tells wherever the bytes are cut', () => {
    for (let end = 0; end < EVERYTHING.length; end++) {
      expect(() => {
        new ThriftReader(EVERYTHING.subarray(0, end)).skip(12);
      }).toThrow(ThriftCut);
    }
  });

  it('refuses types that there are not, and what nests without end', () => {
    expect(() => read(Buffer.from('1d', 'hex'))).toThrow(RangeError);
    expect(() => {
      new ThriftReader(Buffer.alloc(100, 0x1c)).skip(12);
    }).toThrow(RangeError);
  });
});
