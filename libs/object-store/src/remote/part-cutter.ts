import { SluiceError } from '@sluice/contracts';
import { createHash } from 'node:crypto';
import { MAX_OBJECT_BYTES, partBytes } from './part-sizes.js';

export interface Part {
  /** From 0. */
  readonly index: number;
  readonly bytes: Buffer;
}

/** Cuts a stream of bytes into parts, and hashes them on the way. Holds one part. */
export class PartCutter {
  private readonly hash = createHash('sha256');
  private pieces: Uint8Array[] = [];
  private pending = 0;
  private index = 0;
  private total = 0;

  /** @param sizeOf bytes of the part with a number, from 0; undefined when there can be no such part */
  constructor(private readonly sizeOf: (index: number) => number | undefined = partBytes) {}

  /** Takes bytes; yields each part that is full. */
  *push(bytes: Uint8Array): Generator<Part> {
    this.hash.update(bytes);
    this.total += bytes.length;
    for (let at = 0; at < bytes.length;) {
      const room = this.size() - this.pending;
      const piece = bytes.subarray(at, at + room);
      this.pieces.push(piece);
      this.pending += piece.length;
      at += piece.length;
      if (piece.length === room) yield this.cut();
    }
  }

  /** The last part, which an empty file has too, and what is known of the whole. */
  finish(): { readonly last: Part | null; readonly bytes: number; readonly sha256: string } {
    const last = this.pending > 0 || this.index === 0 ? this.cut() : null;
    return { last, bytes: this.total, sha256: this.hash.digest('hex') };
  }

  private size(): number {
    const size = this.sizeOf(this.index);
    if (size !== undefined) return size;
    throw new SluiceError('limit-exceeded', 'The file is larger than the object store takes.', {
      limit: { name: 'fileBytes', value: MAX_OBJECT_BYTES },
    });
  }

  private cut(): Part {
    const part = { index: this.index++, bytes: Buffer.concat(this.pieces, this.pending) };
    this.pieces = [];
    this.pending = 0;
    return part;
  }
}
