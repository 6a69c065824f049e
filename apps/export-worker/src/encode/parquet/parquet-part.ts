import { THRIFT, ThriftReader } from './thrift-reader.js';

/** What may follow in a Parquet file: headers of what is to be passed over, or the footer, of which only the front is read. */
export type ParquetPart =
  | { readonly kind: 'page'; readonly values: number; readonly bodyBytes: number }
  | { readonly kind: 'bloom-filter'; readonly bodyBytes: number }
  | { readonly kind: 'footer'; readonly rows: number };

/** Fields by the numbers that parquet.thrift gives them. */
const FILE_ROWS = 3;
const BLOOM_BYTES = 1;
const PAGE_BYTES = 3;
const PAGE_DATA_HEADERS: readonly number[] = [5, 8];
const DATA_VALUES = 1;

/**
 * Reads the structure that begins where `reader` stands. Parquet has no mark of what it is, but the second field tells: a page's is a
 * number (its size), the footer's a list (the schema), a Bloom filter's a structure (its algorithm). Throws ThriftCut for one that is
 * not all there, and a RangeError for none of these.
 */
export function readParquetPart(reader: ThriftReader): ParquetPart {
  const numbers = new Map<number, number>();
  let [second, values] = [0, 0];
  reader.readStruct(({ id, type }) => {
    if (id === 2) second = type;
    if (PAGE_DATA_HEADERS.includes(id) && type === THRIFT.struct) values = readField(reader, DATA_VALUES);
    else if (type === THRIFT.i32 || type === THRIFT.i64) numbers.set(id, reader.integer());
    else reader.skip(type);
    return !(second === THRIFT.list && id === FILE_ROWS);
  });
  switch (second) {
    case THRIFT.i32:
      return { kind: 'page', values, bodyBytes: sizeOf(numbers.get(PAGE_BYTES)) };
    case THRIFT.struct:
      return { kind: 'bloom-filter', bodyBytes: sizeOf(numbers.get(BLOOM_BYTES)) };
    case THRIFT.list:
      return { kind: 'footer', rows: sizeOf(numbers.get(FILE_ROWS)) };
    default:
      throw new RangeError('This is no part of a Parquet file.');
  }
}

/** A number of an inner structure. */
function readField(reader: ThriftReader, wanted: number): number {
  let found = 0;
  reader.readStruct(({ id, type }) => {
    if (id === wanted) found = reader.integer();
    else reader.skip(type);
    return true;
  });
  return found;
}

function sizeOf(value: number | undefined): number {
  if (value === undefined || value < 0) throw new RangeError('A part of the Parquet file has no size.');
  return value;
}
