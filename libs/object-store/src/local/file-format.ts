import { createSecretKey, hkdfSync, KeyObject } from 'node:crypto';

/**
 * The sealed file: a header, then chunks of 64 KiB clear text, each sealed on its own with AES-256-GCM.
 *
 *     header  magic "SLUICE" | version 1 | log2(chunk) 16 | key id 8 | salt 32 | nonce prefix 7   = 55 bytes
 *     chunk   ciphertext (65,536 bytes; the last one 0 to 65,536) | tag 16
 *     nonce   prefix 7 | chunk index 4, big endian | 1 for the last chunk, else 0
 *
 * This is the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its
 * Nonce-Reuse Misuse-Resistance, 2015), as AES-GCM-HKDF streaming ciphers use it: index and final flag in the nonce make
 * a moved, dropped, doubled or added chunk fail. The header is each chunk's associated data. The file's key comes from
 * the master key, the salt and the object's key (HKDF-SHA256, RFC 5869), so a file moved to another name fails too.
 */
export const CHUNK_BYTES = 65_536;
export const TAG_BYTES = 16;
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
export const HEADER_BYTES = 55;
export const KEY_BYTES = 32;
export const SALT_BYTES = 32;
export const NONCE_PREFIX_BYTES = 7;
/** The index has 32 bits. */
export const MAX_CHUNKS = 2 ** 32;

const START = Buffer.from([...Buffer.from('SLUICE'), 1, 16]);
const KEY_ID_BYTES = 8;
const KEY_ID_AT = START.length;
const SALT_AT = KEY_ID_AT + KEY_ID_BYTES;
const PREFIX_AT = SALT_AT + SALT_BYTES;

/** Names a master key in a header, without telling anything about it. */
export function keyIdOf(masterKey: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, '', 'sluice object key id', KEY_ID_BYTES));
}

export function buildHeader(keyId: Buffer, salt: Buffer, noncePrefix: Buffer): Buffer {
  return Buffer.concat([START, keyId, salt, noncePrefix], HEADER_BYTES);
}

export interface Header {
  readonly bytes: Buffer;
  readonly keyId: Buffer;
  readonly salt: Buffer;
  readonly noncePrefix: Buffer;
}

/** Undefined when it is no header of ours, or of a version that is not known here. */
export function parseHeader(bytes: Buffer): Header | undefined {
  if (bytes.length !== HEADER_BYTES || !bytes.subarray(0, START.length).equals(START)) return undefined;
  return {
    bytes,
    keyId: bytes.subarray(KEY_ID_AT, SALT_AT),
    salt: bytes.subarray(SALT_AT, PREFIX_AT),
    noncePrefix: bytes.subarray(PREFIX_AT),
  };
}

/** The key that seals one file under one name. */
export function fileKey(masterKey: Buffer, salt: Buffer, objectKey: string): KeyObject {
  return createSecretKey(
    Buffer.from(hkdfSync('sha256', masterKey, salt, `sluice object ${objectKey}`, KEY_BYTES)),
  );
}

export function chunkNonce(prefix: Buffer, index: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE_PREFIX_BYTES + 5);
  prefix.copy(nonce);
  nonce.writeUInt32BE(index, NONCE_PREFIX_BYTES);
  nonce.writeUInt8(last ? 1 : 0, NONCE_PREFIX_BYTES + 4);
  return nonce;
}

/** Where the chunks lie in a file of `fileBytes`; undefined when no whole number of them fits. */
export function layoutOf(
  fileBytes: number,
): { readonly chunks: number; readonly clearBytes: number } | undefined {
  const body = fileBytes - HEADER_BYTES;
  const chunks = Math.ceil(body / SEALED_CHUNK_BYTES);
  const lastBytes = body - (chunks - 1) * SEALED_CHUNK_BYTES;
  // Only an empty file has an empty last chunk: each content has one sealed length.
  const smallest = chunks > 1 ? TAG_BYTES + 1 : TAG_BYTES;
  if (chunks < 1 || chunks > MAX_CHUNKS || lastBytes < smallest) return undefined;
  return { chunks, clearBytes: body - chunks * TAG_BYTES };
}
