import { createCipheriv, createHash, KeyObject, randomBytes } from 'node:crypto';
import {
  buildHeader,
  CHUNK_BYTES,
  chunkNonce,
  fileKey,
  keyIdOf,
  MAX_CHUNKS,
  NONCE_PREFIX_BYTES,
  SALT_BYTES,
} from './file-format.js';

/** Turns clear bytes into sealed chunks, and hashes them on the way. Holds one chunk, never more. */
export class ChunkSealer {
  readonly header: Buffer;
  private readonly key: KeyObject;
  private readonly noncePrefix = randomBytes(NONCE_PREFIX_BYTES);
  private readonly hash = createHash('sha256');
  private readonly pending = Buffer.allocUnsafe(CHUNK_BYTES);
  private pendingBytes = 0;
  private index = 0;
  private clearBytes = 0;

  constructor(masterKey: Buffer, objectKey: string) {
    const salt = randomBytes(SALT_BYTES);
    this.header = buildHeader(keyIdOf(masterKey), salt, this.noncePrefix);
    this.key = fileKey(masterKey, salt, objectKey);
  }

  /** Takes bytes; yields the pieces of each chunk that is known not to be the last one. They are the caller's own. */
  *push(bytes: Uint8Array): Generator<Buffer> {
    this.hash.update(bytes);
    this.clearBytes += bytes.length;
    for (let at = 0; at < bytes.length;) {
      if (this.pendingBytes === CHUNK_BYTES) yield* this.seal(false);
      const part = bytes.subarray(at, at + CHUNK_BYTES - this.pendingBytes);
      this.pending.set(part, this.pendingBytes);
      this.pendingBytes += part.length;
      at += part.length;
    }
  }

  /** The pieces of the last chunk, and what is known of the whole; nothing may be pushed after it. */
  finish(): { readonly pieces: readonly Buffer[]; readonly bytes: number; readonly sha256: string } {
    return { pieces: this.seal(true), bytes: this.clearBytes, sha256: this.hash.digest('hex') };
  }

  private seal(last: boolean): readonly Buffer[] {
    if (this.index >= MAX_CHUNKS) throw new RangeError('The file is too large for its format.');
    const cipher = createCipheriv('aes-256-gcm', this.key, chunkNonce(this.noncePrefix, this.index, last));
    cipher.setAAD(this.header);
    const body = cipher.update(this.pending.subarray(0, this.pendingBytes));
    cipher.final();
    this.index += 1;
    this.pendingBytes = 0;
    return [body, cipher.getAuthTag()];
  }
}
