import { createHash, createHmac } from 'node:crypto';

const BLOCK_BYTES = 64;
const INNER = 0x36;
const OUTER = 0x5c;

/**
 * The key of the treatment `hash`, in the form in which an engine takes it: HMAC (RFC 2104) is
 * `H(outer || H(inner || text))`, so an engine that only knows SHA-256 needs the two padded keys and nothing else.
 * The pads are private fields: no log, no JSON and no error shows them.
 */
export class MaskKey {
  readonly #inner: string;
  readonly #outer: string;
  /** Tells two keys apart without telling either (hex): stands for the key in hashes and cache keys. */
  readonly fingerprint: string;

  /** @param key 16 to 64 bytes. Throws a RangeError for any other length. */
  constructor(key: Uint8Array) {
    if (key.length < 16 || key.length > BLOCK_BYTES) {
      throw new RangeError(`A mask key has 16 to ${BLOCK_BYTES} bytes.`);
    }
    this.#inner = padded(key, INNER);
    this.#outer = padded(key, OUTER);
    this.fingerprint = createHash('sha256')
      .update(createHmac('sha256', key).update('sluice mask key').digest())
      .digest('hex')
      .slice(0, 32);
  }

  /** Each 64 bytes as hex. For the compiler alone: they are worth as much as the key. */
  pads(): { readonly inner: string; readonly outer: string } {
    return { inner: this.#inner, outer: this.#outer };
  }
}

function padded(key: Uint8Array, pad: number): string {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.set(key);
  return Buffer.from(block.map((byte) => byte ^ pad)).toString('hex');
}
