import { chunkNonce, layoutOf, parseHeader, SEALED_CHUNK_BYTES } from './file-format.js';

describe('layoutOf', () => {
  it.each([
    [55 + 16, { chunks: 1, clearBytes: 0 }],
    [55 + 17, { chunks: 1, clearBytes: 1 }],
    [55 + SEALED_CHUNK_BYTES, { chunks: 1, clearBytes: 65_536 }],
    [55 + SEALED_CHUNK_BYTES + 17, { chunks: 2, clearBytes: 65_537 }],
  ])('reads a file of %i bytes', (bytes, layout) => {
    expect(layoutOf(bytes)).toEqual(layout);
  });

  it.each([0, 54, 55, 55 + 15, 55 + SEALED_CHUNK_BYTES + 1, 55 + SEALED_CHUNK_BYTES + 16])(
    'refuses %i bytes, which nothing sealed has',
    (bytes) => {
      expect(layoutOf(bytes)).toBeUndefined();
    },
  );
});

describe('chunkNonce', () => {
  const prefix = Buffer.alloc(7, 9);

  it('is never the same for two chunks, nor for a last and another one', () => {
    const nonces = [0, 1, 255, 256, 65_536, 2 ** 32 - 1].flatMap((index) =>
      [true, false].map((last) => chunkNonce(prefix, index, last).toString('hex')),
    );
    expect(new Set(nonces).size).toBe(nonces.length);
    expect(nonces.every((nonce) => nonce.length === 24)).toBe(true);
  });
});

describe('parseHeader', () => {
  it('knows no other magic or version', () => {
    expect(parseHeader(Buffer.alloc(55))).toBeUndefined();
    expect(parseHeader(Buffer.alloc(54))).toBeUndefined();
  });
});
