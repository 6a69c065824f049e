import { MAX_OBJECT_BYTES, MAX_PARTS, partBytes } from './part-sizes.js';

describe('partBytes', () => {
  it('grows, keeps above the 5 MiB that S3 asks of each part, and below what a worker can hold', () => {
    const sizes = Array.from({ length: MAX_PARTS }, (_, index) => partBytes(index) ?? 0);
    expect(sizes.every((bytes, index) => bytes >= (sizes[index - 1] ?? 5_242_880))).toBe(true);
    expect(Math.max(...sizes)).toBe(33_554_432);
    expect(sizes.reduce((sum, bytes) => sum + bytes)).toBe(MAX_OBJECT_BYTES);
    expect(MAX_OBJECT_BYTES / 1_073_741_824).toBeCloseTo(273.4, 1);
  });

  it('ends after ten thousand parts', () => {
    expect(partBytes(MAX_PARTS)).toBeUndefined();
  });
});
