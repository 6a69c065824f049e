import { ColumnType, decimalType, INTEGER } from '@sluice/catalog';
import fc from 'fast-check';
import { BoundExpression, ComparisonName } from './bound.js';
import { compareWithConstant, membersOf } from './compare.js';
import { INT64_MAX, INT64_MIN, parseExact } from './numeric.js';

const place = { pointer: '/filter/value' };
const column = (type: ColumnType): BoundExpression => ({
  kind: 'column',
  scan: 0,
  name: 'x',
  type,
  pointer: '',
});

/** Whether the bound comparison holds for a column value, given as its unscaled digits. */
function holds(expression: BoundExpression, value: bigint, type: ColumnType): boolean {
  if (expression.kind !== 'operation') throw new Error('not a comparison');
  if (expression.name === 'always') return true;
  if (expression.name === 'never') return false;
  const [, constant] = expression.args;
  if (constant?.kind !== 'literal') throw new Error('not a constant');
  const scale = type.kind === 'decimal' ? type.scale : 0;
  const exact = parseExact(String(constant.value));
  if (!exact) throw new Error('not a number');
  return compare(
    expression.name as ComparisonName,
    value,
    exact.unscaled * 10n ** BigInt(scale - exact.scale),
  );
}

function compare(name: ComparisonName, a: bigint, b: bigint): boolean {
  return { eq: a === b, ne: a !== b, lt: a < b, lte: a <= b, gt: a > b, gte: a >= b }[name];
}

const names = fc.constantFrom<ComparisonName>('eq', 'ne', 'lt', 'lte', 'gt', 'gte');
const types = fc.constantFrom<ColumnType>(INTEGER, decimalType(5, 2), decimalType(38, 10), decimalType(3, 3));

describe('a comparison with a written number', () => {
  it('means what the numbers mean, though its constant is always of the column type', () => {
    fc.assert(
      fc.property(
        names,
        types,
        fc.bigInt({ min: -1_000_000n, max: 1_000_000n }),
        fc.nat(6),
        fc.bigInt({ min: -99_999n, max: 99_999n }),
        (name, type, digits, scale, value) => {
          const text = `${digits < 0n ? '-' : ''}${(digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0')}`;
          const written = scale === 0 ? text : `${text.slice(0, -scale)}.${text.slice(-scale)}`;
          const bound = compareWithConstant(
            name,
            column(type),
            { kind: 'number', digits: written },
            place,
            'UTC',
          );
          const own = type.kind === 'decimal' ? type.scale : 0;
          const limit = type.kind === 'decimal' ? 10n ** BigInt(type.precision) - 1n : INT64_MAX;
          const inType = value > limit ? limit : value < -limit ? -limit : value;
          const expected = compare(name, inType * 10n ** BigInt(scale), digits * 10n ** BigInt(own));
          expect(holds(bound, inType, type)).toBe(expected);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('never lets a constant outside of the type reach the engine', () => {
    for (const digits of [String(INT64_MAX + 1n), String(INT64_MIN - 1n), '1e300', '-1e300']) {
      const bound = compareWithConstant('lt', column(INTEGER), { kind: 'number', digits }, place, 'UTC');
      expect(bound).toMatchObject({ name: digits.startsWith('-') ? 'never' : 'always' });
    }
  });

  it('keeps of a list what the type can hold', () => {
    const members = ['1', '2.5', '99999999999999999999'].map((digits) => ({
      constant: { kind: 'number', digits } as const,
      place,
    }));
    expect(membersOf(INTEGER, members, 'UTC')).toEqual([{ kind: 'literal', type: INTEGER, value: 1n }]);
  });

  it.each([
    [{ kind: 'text', text: 'abc' } as const, INTEGER, 'integer, such as 42'],
    [{ kind: 'boolean', value: true } as const, { kind: 'text' } as const, 'text, such as "text"'],
    [{ kind: 'number', digits: '1' } as const, { kind: 'text' } as const, 'text'],
    [{ kind: 'text', text: '2023-02-29' } as const, { kind: 'date' } as const, 'date'],
    [{ kind: 'text', text: 'noon' } as const, { kind: 'timestamp' } as const, 'timestamp'],
  ])('refuses %j for %j', (constant, type, wanted) => {
    expect(() => compareWithConstant('eq', column(type), constant, place, 'UTC')).toThrow(wanted);
  });

  it('reads a local time in the zone of the query', () => {
    const timestamp = { kind: 'timestamp' } as const;
    const constant = { kind: 'text', text: '2024-07-01T10:00' } as const;
    const bound = compareWithConstant('gte', column(timestamp), constant, place, 'Europe/Berlin');
    expect(bound).toMatchObject({
      args: [
        {},
        {
          name: 'local-to-instant',
          args: [{ value: '2024-07-01T10:00:00.000000' }, { value: 'Europe/Berlin' }],
        },
      ],
    });
  });
});
