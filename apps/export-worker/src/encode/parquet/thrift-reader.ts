/** Thrift's types as the compact protocol numbers them. */
export const THRIFT = { i32: 5, i64: 6, list: 9, struct: 12 } as const;

const [TRUE, FALSE, BYTE, I16, DOUBLE, BINARY, SET, MAP] = [1, 2, 3, 4, 7, 8, 10, 11];
/** More than any structure in a Parquet file nests. */
const MAX_DEPTH = 16;

/** The bytes end before what is read does. */
export class ThriftCut extends Error {}

export interface ThriftField {
  readonly id: number;
  readonly type: number;
}

/** Reads the compact protocol of Apache Thrift, in which Parquet writes its headers, front to back. Throws ThriftCut at the end of the bytes. */
export class ThriftReader {
  /** Where the next byte is read. */
  at: number;

  constructor(
    private readonly bytes: Uint8Array,
    at = 0,
  ) {
    this.at = at;
  }

  /** Calls for each field of a structure, whose value has to be read or skipped; false ends it early. */
  readStruct(onField: (field: ThriftField) => boolean | undefined): void {
    let id = 0;
    for (let head = this.byte(); head !== 0; head = this.byte()) {
      id = head >> 4 === 0 ? this.integer() : id + (head >> 4);
      if (onField({ id, type: head & 15 }) === false) return;
    }
  }

  /** A signed integer of 16, 32 or 64 bits; exact up to 2^53. */
  integer(): number {
    const zigzag = this.varint();
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  }

  skip(type: number, depth = 0): void {
    if (depth > MAX_DEPTH) throw new RangeError('The structure nests too deep.');
    switch (type) {
      case TRUE:
      case FALSE:
        return;
      case BYTE:
        return this.move(1);
      case I16:
      case THRIFT.i32:
      case THRIFT.i64:
        this.varint();
        return;
      case DOUBLE:
        return this.move(8);
      case BINARY:
        return this.move(this.varint());
      case THRIFT.list:
      case SET:
        return this.skipList(depth);
      case MAP:
        return this.skipMap(depth);
      case THRIFT.struct:
        this.readStruct(({ type: inner }) => {
          this.skip(inner, depth + 1);
          return true;
        });
        return;
      default:
        throw new RangeError('There is no such type.');
    }
  }

  private skipList(depth: number): void {
    const head = this.byte();
    const size = head >> 4 === 15 ? this.varint() : head >> 4;
    for (let i = 0; i < size; i++) this.skipElement(head & 15, depth);
  }

  private skipMap(depth: number): void {
    const size = this.varint();
    const types = size > 0 ? this.byte() : 0;
    for (let i = 0; i < size; i++) {
      this.skipElement(types >> 4, depth);
      this.skipElement(types & 15, depth);
    }
  }

  /** Unlike in a field, a boolean in a collection has a byte of its own. */
  private skipElement(type: number, depth: number): void {
    if (type === TRUE || type === FALSE) this.move(1);
    else this.skip(type, depth + 1);
  }

  private varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  private byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new ThriftCut('The bytes end here.');
    this.at += 1;
    return byte;
  }

  private move(bytes: number): void {
    if (this.at + bytes > this.bytes.length) throw new ThriftCut('The bytes end here.');
    this.at += bytes;
  }
}
