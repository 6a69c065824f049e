import { decimalType, DOUBLE, INTEGER } from '@sluice/catalog';
import fc from 'fast-check';
import { arithmeticType, commonNumeric, floorTo, formatExact, naturalType, parseExact } from './numeric.js';

describe('exact numbers', () => {
  it.each([
    ['12.50', { unscaled: 1250n, scale: 2 }],
    ['-0.001', { unscaled: -1n, scale: 3 }],
    ['.5', { unscaled: 5n, scale: 1 }],
    ['1e3', { unscaled: 1000n, scale: 0 }],
    ['1.5e-7', { unscaled: 15n, scale: 8 }],
  ])('reads %s', (text, number) => {
    expect(parseExact(text)).toEqual(number);
  });

  it.each(['', '-', '.', '1.', 'e5', '0x10', 'NaN', '1e999', ' 1'])(
    'does not take "%s" for a number',
    (text) => {
      expect(parseExact(text)).toBeUndefined();
    },
  );

  it('writes what it reads, and rounds down to any scale', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
        fc.nat(20),
        fc.nat(20),
        (unscaled, scale, to) => {
          expect(parseExact(formatExact(unscaled, scale))).toEqual({ unscaled, scale });
          const floor = floorTo({ unscaled, scale }, to);
          const [mine, original] = [floor.unscaled * 10n ** BigInt(scale), unscaled * 10n ** BigInt(to)];
          const step = 10n ** BigInt(scale);
          expect(mine <= original && original < mine + step).toBe(true);
          expect(floor.exact).toBe(mine === original);
        },
      ),
    );
  });

  it('knows the type of what is written, and of what is computed', () => {
    expect(naturalType({ unscaled: 2n ** 63n, scale: 0 })).toEqual(decimalType(19, 0));
    expect(naturalType({ unscaled: 5n, scale: 3 })).toEqual(decimalType(3, 3));
    expect(naturalType({ unscaled: 10n ** 38n, scale: 0 })).toBeNull();
    expect(commonNumeric(INTEGER, decimalType(12, 2))).toEqual(decimalType(21, 2));
    expect(commonNumeric(decimalType(38, 0), decimalType(5, 3))).toEqual(DOUBLE);
    expect(arithmeticType('multiply', INTEGER, decimalType(12, 2))).toEqual(decimalType(31, 2));
    expect(arithmeticType('add', decimalType(12, 2), decimalType(5, 4))).toEqual(decimalType(15, 4));
    expect(arithmeticType('multiply', decimalType(30, 2), decimalType(12, 2))).toEqual(DOUBLE);
    expect(arithmeticType('add', INTEGER, INTEGER)).toEqual(INTEGER);
  });
});
