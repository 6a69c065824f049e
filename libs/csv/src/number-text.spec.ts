import fc from 'fast-check';
import { decimalText, doubleText } from './number-text.js';

describe('doubles as text', () => {
  it.each([
    [0.1, '0.1'],
    [1, '1.0'],
    [-0, '-0.0'],
    [1e15, '1000000000000000.0'],
    [1e16, '1e+16'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [-5e-324, '-5e-324'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [NaN, 'nan'],
    [-Infinity, '-inf'],
  ])('writes %p as %s', (value, text) => {
    expect(doubleText(value)).toBe(text);
  });

  it('read back as the same', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(doubleText(value))).toBe(value);
      }),
    );
  });
});

it('writes all digits of a decimal', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }), fc.nat({ max: 38 }), (digits, scale) => {
      const text = decimalText(digits, scale);
      expect(text).toMatch(/^-?\d+(\.\d+)?$/);
      expect((text.split('.')[1] ?? '').length).toBe(scale);
      expect(BigInt(text.replace('.', ''))).toBe(digits);
    }),
  );
});
