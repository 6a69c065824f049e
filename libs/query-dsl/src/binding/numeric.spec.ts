import { BOOLEAN, ColumnType, DATE, decimalType, DOUBLE, INTEGER, TEXT, TIMESTAMP } from '@sluice/catalog';
import fc from 'fast-check';
import {
  arithmeticType,
  commonNumeric,
  digitsOf,
  ExactNumber,
  floorTo,
  formatExact,
  INT64_MAX,
  INT64_MIN,
  isNumeric,
  naturalType,
  parseExact,
} from './numeric.js';

describe('exact numbers', () => {
  it.each([
    ['12.50', { unscaled: 1250n, scale: 2 }],
    ['-0.001', { unscaled: -1n, scale: 3 }],
    ['.5', { unscaled: 5n, scale: 1 }],
    ['1e3', { unscaled: 1000n, scale: 0 }],
    ['1.5e-7', { unscaled: 15n, scale: 8 }],
    ['-.25E+1', { unscaled: -25n, scale: 1 }],
    ['-.25E+4', { unscaled: -2500n, scale: 0 }],
    ['12e-3', { unscaled: 12n, scale: 3 }],
    ['1.25e2', { unscaled: 125n, scale: 0 }],
    ['1e400', { unscaled: 10n ** 400n, scale: 0 }],
    ['1e-400', { unscaled: 1n, scale: 400 }],
    ['007.10', { unscaled: 710n, scale: 2 }],
    ['-0', { unscaled: 0n, scale: 0 }],
  ])('reads %s', (text, number) => {
    expect(parseExact(text)).toEqual(number);
  });

  it.each([
    '',
    '-',
    '.',
    '1.',
    'e5',
    '0x10',
    'NaN',
    '1e999',
    ' 1',
    '1 ',
    '+1',
    '1e',
    '1e401',
    '1e-401',
    '1e1000',
    '.',
    'x.5',
    '.5x',
    '1e+-3',
    '--1',
    '1.2.3',
  ])('does not take "%s" for a number', (text) => {
    expect(parseExact(text)).toBeUndefined();
  });

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

  it('keeps whole numbers of 64 bits as integers, and makes decimals of others', () => {
    for (const unscaled of [INT64_MAX, INT64_MIN, 0n])
      expect(naturalType({ unscaled, scale: 0 })).toEqual(INTEGER);
    expect(naturalType({ unscaled: INT64_MIN - 1n, scale: 0 })).toEqual(decimalType(19, 0));
    expect(naturalType({ unscaled: -125n, scale: 1 })).toEqual(decimalType(3, 1));
    expect(naturalType({ unscaled: 10n ** 38n - 1n, scale: 38 })).toEqual(decimalType(38, 38));
    expect(naturalType({ unscaled: -(10n ** 38n - 1n), scale: 0 })).toEqual(decimalType(38, 0));
    expect(naturalType({ unscaled: 1n, scale: 39 })).toBeNull();
  });

  it('tells numbers from the rest', () => {
    expect([INTEGER, DOUBLE, decimalType(1, 0)].map(isNumeric)).toEqual([true, true, true]);
    expect([TEXT, BOOLEAN, DATE, TIMESTAMP].map(isNumeric)).toEqual([false, false, false, false]);
  });

  /** As wide as the widest value of both, and of all that can come out. */
  it('makes types that hold the widest values', () => {
    const decimals = fc
      .tuple(fc.integer({ min: 1, max: 38 }), fc.nat(38))
      .map(([precision, scale]) => decimalType(precision, Math.min(precision, scale)));
    const types = fc.oneof(decimals, fc.constant(INTEGER), fc.constant(DOUBLE));
    const widest = (type: ColumnType) => {
      const { precision, scale } = digitsOf(type);
      return { unscaled: 10n ** BigInt(precision) - 1n, scale };
    };
    const scaled = ({ unscaled, scale }: ExactNumber, to: number) => unscaled * 10n ** BigInt(to - scale);
    fc.assert(
      fc.property(types, types, fc.constantFrom('add', 'subtract', 'multiply'), (a, b, name) => {
        const common = commonNumeric(a, b);
        const result = arithmeticType(name as 'add', a, b);
        expect(commonNumeric(b, a)).toEqual(common);
        expect(arithmeticType(name as 'add', b, a)).toEqual(result);
        if (a.kind === 'double' || b.kind === 'double') {
          expect([common, result]).toEqual([DOUBLE, DOUBLE]);
          return;
        }
        if (a.kind === 'integer' && b.kind === 'integer') {
          expect([common, result]).toEqual([INTEGER, INTEGER]);
          return;
        }
        const [x, y] = [widest(a), widest(b)];
        const scale = Math.max(x.scale, y.scale);
        const most = scaled(x, scale) > scaled(y, scale) ? scaled(x, scale) : scaled(y, scale);
        const computed = name === 'multiply' ? x.unscaled * y.unscaled : scaled(x, scale) + scaled(y, scale);
        const digits = (value: bigint) => Math.max(value.toString().length, 1);
        expect(common).toEqual(fits(digits(most), scale));
        expect(result).toEqual(
          name === 'multiply'
            ? fits(digitsOf(a).precision + digitsOf(b).precision, x.scale + y.scale)
            : fits(digits(most) + 1, scale),
        );
        if (result.kind === 'decimal') expect(digits(computed)).toBeLessThanOrEqual(result.precision);
      }),
      { numRuns: 500 },
    );
  });
});

const fits = (precision: number, scale: number): ColumnType =>
  precision <= 38 ? decimalType(precision, scale) : DOUBLE;
