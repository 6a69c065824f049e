import { once } from 'node:events';
import { pipeline, Readable, Transform, TransformCallback } from 'node:stream';
import { crc32 } from 'node:zlib';
import { Entry, openPromise } from 'yauzl';

export interface ZipEntry {
  readonly name: string;
  /** Its content, which fails where it is not what its CRC-32 says. To be read, or destroyed, before the next entry is taken. */
  readonly open: () => Promise<Readable>;
}

/** The entries of a ZIP file, one by one, by its own directory. Fails for a file that is none. */
export async function* zipEntries(file: string): AsyncGenerator<ZipEntry, void, undefined> {
  const zip = await openPromise(file, { autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      const open = async (): Promise<Readable> =>
        pipeline(await zip.openReadStreamPromise(entry), new CheckedContent(entry), () => undefined);
      yield { name: entry.fileName, open };
    }
  } finally {
    const closed = once(zip, 'close');
    zip.close();
    await closed;
  }
}

/** yauzl proves the length of what it inflates, not the bytes. */
class CheckedContent extends Transform {
  private crc = 0;

  constructor(private readonly entry: Entry) {
    super();
  }

  override _transform(bytes: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.crc = crc32(bytes, this.crc);
    done(null, bytes);
  }

  override _flush(done: TransformCallback): void {
    const isWhole = this.crc === this.entry.crc32;
    done(isWhole ? null : new Error(`the ZIP entry ${this.entry.fileName} has another CRC-32 than it says`));
  }
}
