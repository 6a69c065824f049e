import { Transform, TransformCallback } from 'node:stream';
import { centralDirectory, dataDescriptor, localHeader, ZipEntry } from './zip-records.js';

/** Puts around deflated bytes what makes a ZIP archive with one entry of them. `clear` knows the bytes before they were deflated. */
export class ZipFraming extends Transform {
  private deflatedBytes = 0;

  constructor(
    private readonly entry: ZipEntry,
    private readonly clear: { readonly bytes: number; readonly crc: number },
  ) {
    super();
    this.push(localHeader(entry));
  }

  override _transform(bytes: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.deflatedBytes += bytes.length;
    done(null, bytes);
  }

  override _flush(done: TransformCallback): void {
    const sizes = { crc: this.clear.crc, clearBytes: this.clear.bytes, deflatedBytes: this.deflatedBytes };
    this.push(dataDescriptor(sizes));
    done(null, centralDirectory(this.entry, sizes));
  }
}
