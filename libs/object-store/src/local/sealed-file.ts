import { SluiceError } from '@sluice/contracts';
import { createDecipheriv, KeyObject } from 'node:crypto';
import { FileHandle } from 'node:fs/promises';
import {
  CHUNK_BYTES,
  chunkNonce,
  fileKey,
  Header,
  HEADER_BYTES,
  layoutOf,
  parseHeader,
  SEALED_CHUNK_BYTES,
  TAG_BYTES,
} from './file-format.js';
import { KeyRing } from './key-ring.js';

/** An open sealed file. Gives out clear bytes by chunk, and only those that are proven to be what was written. */
export class SealedFile {
  private constructor(
    private readonly handle: FileHandle,
    private readonly header: Header,
    private readonly key: KeyObject,
    private readonly chunks: number,
    /** Length of the clear content. */
    readonly clearBytes: number,
  ) {}

  /**
   * Checks header and length. The last chunk is opened as well: its nonce says that it is the last, so a file that was
   * cut or lengthened is refused before its first byte is given out, whatever part of it is asked for.
   *
   * @throws SluiceError `export-incomplete` when the file is not what was written
   */
  static async open(handle: FileHandle, keys: KeyRing, objectKey: string): Promise<SealedFile> {
    const { size } = await handle.stat();
    const layout = layoutOf(size);
    const header = layout && parseHeader(await readExactly(handle, 0, HEADER_BYTES));
    const masterKey = header && keys.find(header.keyId);
    if (!layout || !header || !masterKey) throw damaged();
    const key = fileKey(masterKey, header.salt, objectKey);
    const file = new SealedFile(handle, header, key, layout.chunks, layout.clearBytes);
    await file.readChunk(layout.chunks - 1);
    return file;
  }

  /** Clear bytes of one chunk. Throws `export-incomplete` when they are not what was written. */
  async readChunk(index: number): Promise<Buffer> {
    const last = index === this.chunks - 1;
    const clear = last ? this.clearBytes - index * CHUNK_BYTES : CHUNK_BYTES;
    const sealed = await readExactly(
      this.handle,
      HEADER_BYTES + index * SEALED_CHUNK_BYTES,
      clear + TAG_BYTES,
    );
    const nonce = chunkNonce(this.header.noncePrefix, index, last);
    const decipher = createDecipheriv('aes-256-gcm', this.key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(this.header.bytes).setAuthTag(sealed.subarray(clear));
    const bytes = decipher.update(sealed.subarray(0, clear));
    try {
      decipher.final();
    } catch (cause) {
      throw damaged(cause);
    }
    return bytes;
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

async function readExactly(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let filled = 0; filled < length;) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) throw damaged();
    filled += bytesRead;
  }
  return bytes;
}

function damaged(cause?: unknown): SluiceError {
  return new SluiceError(
    'export-incomplete',
    'The stored file is damaged, so it is not delivered.',
    {},
    { cause },
  );
}
