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

  const number = (digits: string) => ({ kind: 'number', digits }) as const;
  const yes = { kind: 'boolean', value: true } as const;
  const text = (written: string) => ({ kind: 'text', text: written }) as const;

  it.each<[ColumnType, string, string]>([
    [INTEGER, String(INT64_MAX), String(INT64_MIN)],
    [decimalType(5, 2), '999.99', '-999.99'],
    [decimalType(3, 3), '0.999', '-0.999'],
  ])('reaches the ends of %j, and knows what holds beyond them', (type, most, least) => {
    const bound = (name: ComparisonName, digits: string) => {
      const expression = compareWithConstant(name, column(type), number(digits), place, 'UTC');
      return expression.kind === 'operation' ? expression.name : expression.kind;
    };
    const beyond = (digits: string) => `${digits}${type.kind === 'integer' ? '0' : '1'}`;
    for (const name of ['eq', 'ne', 'lt', 'lte', 'gt', 'gte'] as const) {
      expect([bound(name, most), bound(name, least)]).toEqual([name, name]);
      const above = ['ne', 'lt', 'lte'].includes(name) ? 'always' : 'never';
      const below = ['ne', 'gt', 'gte'].includes(name) ? 'always' : 'never';
      expect([bound(name, '1e39'), bound(name, '-1e39')]).toEqual([above, below]);
      if (type.kind === 'decimal') expect(bound(name, `-${beyond(most)}`)).toBe(below);
    }
    const held = membersOf(
      type,
      [most, least, '1e39', '-1e39', `${beyond(least)}`].map((digits) => ({
        constant: number(digits),
        place,
      })),
      'UTC',
    );
    expect(held).toHaveLength(2);
  });

  /** Which written values a column of each type is compared with; all others are refused with an example. */
  const values = [number('1'), text('1'), text('x'), text('2024-03-01'), text('2024-03-01T10:00'), yes];
  it.each<[ColumnType, readonly unknown[], string]>([
    [{ kind: 'text' }, ['-', '1', 'x', '2024-03-01', '2024-03-01T10:00', '-'], 'text, such as "text"'],
    [INTEGER, [1n, 1n, '-', '-', '-', '-'], 'integer, such as 42'],
    [decimalType(4, 1), ['1.0', '1.0', '-', '-', '-', '-'], 'decimal(4,1), such as 12.50'],
    [{ kind: 'double' }, [1, 1, '-', '-', '-', '-'], 'double, such as 1.5'],
    [{ kind: 'boolean' }, ['-', '-', '-', '-', '-', true], 'boolean, such as true'],
    [{ kind: 'date' }, ['-', '-', '-', '2024-03-01', '-', '-'], 'date, such as "2024-03-01"'],
    [
      { kind: 'timestamp' },
      ['-', '-', '-', '2024-03-01T00:00:00.000000', '2024-03-01T10:00:00.000000', '-'],
      'timestamp, such as "2024-03-01T12:30:00Z"',
    ],
  ])('binds values to %j as its own', (type, expected, example) => {
    values.forEach((constant, index) => {
      const value = expected[index];
      const bind = () => compareWithConstant('eq', column(type), constant, place, 'UTC');
      const members = () => membersOf(type, [{ constant, place }], 'UTC');
      if (value === '-') {
        expect(bind).toThrow(`The value must be of type ${example}.`);
        expect(members).toThrow(`The value must be of type ${example}.`);
        return;
      }
      expect(bind()).toEqual({
        kind: 'operation',
        name: 'eq',
        args: [column(type), { kind: 'literal', type, value }],
        type: { kind: 'boolean' },
      });
      expect(members()).toEqual([{ kind: 'literal', type, value }]);
    });
  });

  it('moves a local time to UTC only where it must be moved', () => {
    const bind = (written: string, zone: string) =>
      membersOf({ kind: 'timestamp' }, [{ constant: text(written), place }], zone)[0];
    expect(bind('2024-07-01T10:00Z', 'Europe/Berlin')).toMatchObject({ kind: 'literal' });
    expect(bind('2024-07-01T10:00', 'UTC')).toMatchObject({ kind: 'literal' });
    expect(bind('2024-07-01T10:00', 'Europe/Berlin')).toMatchObject({
      name: 'local-to-instant',
      type: { kind: 'timestamp' },
    });
  });
});
