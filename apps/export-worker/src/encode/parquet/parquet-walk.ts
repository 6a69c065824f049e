import { ParquetPart, readParquetPart } from './parquet-part.js';
import { ThriftCut, ThriftReader } from './thrift-reader.js';

const MAGIC = Buffer.from('PAR1');
/** Footer's length (4 bytes, little endian) and the magic again. */
const TAIL_BYTES = 8;
/** Headers of pages have some 30 bytes; the front of a footer grows with the columns, 500 of 128 characters at most. */
const MAX_PART_BYTES = 1_048_576;

/**
 * Walks over a Parquet file as its bytes go by, from header to header, and counts. Keeps a header at most, so a footer of any size costs no memory.
 */
export class ParquetWalk {
  private pending: Buffer = Buffer.alloc(0);
  private tail: Buffer = Buffer.alloc(0);
  private toSkip = 0;
  private total = 0;
  private begun = false;
  private broken = false;
  private footer: { readonly at: number; readonly rows: number } | null = null;
  private counted = 0;

  /** Values in the pages so far, NULLs among them: rows times columns. */
  get values(): number {
    return this.counted;
  }

  /** Rows that the footer tells; null until the file is all there, and for one that is not well formed. */
  get rows(): number | null {
    if (this.broken || !this.footer || !this.tail.subarray(-MAGIC.length).equals(MAGIC)) return null;
    const footerBytes = this.tail.readUInt32LE(0);
    return this.footer.at + footerBytes + TAIL_BYTES === this.total ? this.footer.rows : null;
  }

  push(bytes: Buffer): void {
    this.total += bytes.length;
    this.tail =
      bytes.length >= TAIL_BYTES
        ? Buffer.from(bytes.subarray(-TAIL_BYTES))
        : Buffer.concat([this.tail, bytes]).subarray(-TAIL_BYTES);
    if (this.footer || this.broken) return;
    const piece = this.pending.length > 0 ? Buffer.concat([this.pending, bytes]) : bytes;
    const at = this.walk(piece);
    // A copy, so that a few bytes do not keep a large buffer alive.
    this.pending = Buffer.from(piece.subarray(at));
    if (this.pending.length > MAX_PART_BYTES) this.broken = true;
  }

  /** Goes as far as it can; returns where it stopped. */
  private walk(piece: Buffer): number {
    let at = 0;
    while (at < piece.length && !this.footer && !this.broken) {
      const skipped = Math.min(this.toSkip, piece.length - at);
      this.toSkip -= skipped;
      at += skipped;
      if (at === piece.length) break;
      const next = this.begun ? this.readPart(piece, at) : this.readMagic(piece);
      if (next === at) return at;
      at = next;
    }
    return this.footer || this.broken ? piece.length : at;
  }

  private readMagic(piece: Buffer): number {
    if (piece.length < MAGIC.length) return 0;
    this.begun = true;
    this.broken = !piece.subarray(0, MAGIC.length).equals(MAGIC);
    return MAGIC.length;
  }

  private readPart(piece: Buffer, at: number): number {
    const reader = new ThriftReader(piece, at);
    try {
      this.take(readParquetPart(reader), this.total - (piece.length - at));
      return reader.at;
    } catch (error) {
      if (error instanceof ThriftCut) return at;
      if (!(error instanceof RangeError)) throw error;
      this.broken = true;
      return piece.length;
    }
  }

  private take(part: ParquetPart, at: number): void {
    if (part.kind === 'footer') {
      this.footer = { at, rows: part.rows };
      return;
    }
    this.toSkip = part.bodyBytes;
    if (part.kind === 'page') this.counted += part.values;
  }
}
