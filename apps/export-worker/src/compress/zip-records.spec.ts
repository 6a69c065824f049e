import { centralDirectory, dataDescriptor, localHeader } from './zip-records.js';

const entry = { name: 'a.csv', modified: new Date('2024-03-09T17:45:31Z') };
const GIB = 2 ** 30;
const sizesOf = (clearBytes: number, deflatedBytes: number) => ({ crc: 7, clearBytes, deflatedBytes });
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('the records of an archive', () => {
  it('begin with the name, as UTF-8, and with no sizes', () => {
    expect(localHeader(entry)).toEqual(
      hex('504b0304 1400 0808 0800 af8d 6958 00000000 00000000 00000000 0500 0000 612e637376'),
    );
  });

  it('have sizes of four bytes where they fit', () => {
    expect(dataDescriptor(sizesOf(2 ** 32 - 2, 5))).toEqual(hex('504b0708 07000000 05000000 feffffff'));
    const directory = centralDirectory(entry, sizesOf(9, 5));
    expect(directory.length).toBe(46 + 5 + 22);
    expect(directory.subarray(-22)).toEqual(hex('504b0506 0000 0000 0100 0100 33000000 38000000 0000'));
  });

  it.each([
    [4 * GIB - 1, 5],
    [5 * GIB, GIB],
    [6 * GIB, 5 * GIB],
  ])('have sizes of eight bytes for %i bytes in %i', (clearBytes, deflatedBytes) => {
    const sizes = sizesOf(clearBytes, deflatedBytes);
    const descriptor = dataDescriptor(sizes);
    expect(descriptor.length).toBe(24);
    expect([descriptor.readBigUInt64LE(8), descriptor.readBigUInt64LE(16)]).toEqual([
      BigInt(deflatedBytes),
      BigInt(clearBytes),
    ]);
    const directory = centralDirectory(entry, sizes);
    const extra = directory.subarray(46 + 5, 46 + 5 + 20);
    expect([extra.readUInt16LE(0), extra.readBigUInt64LE(4), extra.readBigUInt64LE(12)]).toEqual([
      1,
      BigInt(clearBytes),
      BigInt(deflatedBytes),
    ]);
    const start = BigInt(30 + 5 + 24 + deflatedBytes);
    const end64 = directory.subarray(71, 71 + 56);
    expect([end64.readUInt32LE(0), end64.readBigUInt64LE(40), end64.readBigUInt64LE(48)]).toEqual([
      0x06064b50,
      71n,
      start,
    ]);
    const locator = directory.subarray(127, 147);
    expect([locator.readUInt32LE(0), locator.readBigUInt64LE(8)]).toEqual([0x07064b50, start + 71n]);
    expect(directory.length).toBe(71 + 56 + 20 + 22);
  });

  it('have the list far back where the data alone reach so far', () => {
    const directory = centralDirectory(entry, sizesOf(2 ** 32 - 2, 2 ** 32 - 2));
    expect(directory.subarray(51, 55)).toEqual(hex('504b0606'));
    expect(directory.readUInt32LE(directory.length - 6)).toBe(2 ** 32 - 1);
  });
});
