import { types } from 'node:util';

/**
 * Gives the memory of bytes that nobody reads any more back at once. V8 lets up to 64 MiB of them lie before it looks for what can go. Bytes
 * that share their memory with others are left alone.
 */
export function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (types.isArrayBuffer(buffer) && buffer.byteLength === byteLength) buffer.transfer(0);
}
