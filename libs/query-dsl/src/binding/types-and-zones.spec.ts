import { BOOLEAN, ColumnType, DATE, decimalType, DOUBLE, INTEGER, TEXT, TIMESTAMP } from '@sluice/catalog';
import { SluiceError } from '@sluice/contracts';
import { BoundExpression, ColumnUse } from './bound.js';
import { bindCast } from './cast.js';
import { unify } from './unify.js';
import { literal } from './nodes.js';
import { addUnits, TIME_UNITS } from './time-units.js';

const column = (type: ColumnType): ColumnUse => ({
  kind: 'column',
  scan: 0,
  name: type.kind,
  type,
  pointer: '',
});
const place = { pointer: '/select/0' };
const BERLIN = 'Europe/Berlin';

/** `name(args)`, columns by their kind, texts and numbers as they are. */
function shape(expression: BoundExpression): string {
  if (expression.kind === 'column') return expression.name;
  if (expression.kind === 'literal') return String(expression.value);
  if (expression.kind !== 'operation') return expression.kind;
  return `${expression.name}:${expression.type.kind}(${expression.args.map(shape).join(', ')})`;
}

describe('a cast', () => {
  const cast = (from: ColumnType, to: ColumnType, zone = BERLIN): string => {
    try {
      return shape(bindCast(column(from), to, place, zone));
    } catch (error) {
      if (error instanceof SluiceError) return `${error.code} ${error.details.pointer ?? ''}`;
      throw error;
    }
  };
  const numbers = [INTEGER, decimalType(5, 1), DOUBLE];

  it('names the zone only where a text holds a local time', () => {
    expect(cast(TIMESTAMP, TEXT)).toBe('cast:text(timestamp, Europe/Berlin)');
    expect(cast(TEXT, TIMESTAMP)).toBe('cast:timestamp(text, Europe/Berlin)');
    expect(cast(TIMESTAMP, TEXT, 'UTC')).toBe('cast:text(timestamp)');
    expect(cast(TEXT, TIMESTAMP, 'UTC')).toBe('cast:timestamp(text)');
    expect(cast(DATE, TEXT)).toBe('cast:text(date)');
    expect(cast(TEXT, DATE)).toBe('cast:date(text)');
  });

  it('goes between days and instants by the local midnight', () => {
    expect(cast(TIMESTAMP, DATE)).toBe('convert:date(instant-to-local:timestamp(timestamp, Europe/Berlin))');
    expect(cast(DATE, TIMESTAMP)).toBe('local-to-instant:timestamp(convert:timestamp(date), Europe/Berlin)');
    expect(cast(TIMESTAMP, DATE, 'UTC')).toBe('convert:date(timestamp)');
    expect(cast(DATE, TIMESTAMP, 'UTC')).toBe('convert:timestamp(date)');
  });

  it('leaves what is of the type, and gives NULL a type', () => {
    expect(cast(INTEGER, INTEGER)).toBe('integer');
    expect(cast(decimalType(5, 1), decimalType(4, 1))).toBe('cast:decimal(decimal)');
    expect(bindCast(literal(TEXT, null), BOOLEAN, place, 'UTC')).toEqual(literal(BOOLEAN, null));
  });

  it('is offered between all numbers and texts, and from text to everything', () => {
    for (const from of [...numbers, TEXT])
      for (const to of [...numbers, TEXT])
        if (from.kind !== to.kind) expect(cast(from, to)).toBe(`cast:${to.kind}(${from.kind})`);
    expect(cast(TEXT, BOOLEAN)).toBe('cast:boolean(text)');
    expect(cast(BOOLEAN, TEXT)).toBe('cast:text(boolean)');
  });

  it('is refused for all other pairs, with what there is instead', () => {
    const refusedPairs: readonly (readonly [ColumnType, readonly ColumnType[]])[] = [
      [BOOLEAN, [...numbers, DATE, TIMESTAMP]],
      [DATE, [...numbers, BOOLEAN]],
      [TIMESTAMP, [...numbers, BOOLEAN]],
      ...numbers.map((from) => [from, [BOOLEAN, DATE, TIMESTAMP]] as const),
    ];
    for (const [from, targets] of refusedPairs)
      for (const to of targets) expect(cast(from, to)).toBe('type-mismatch /select/0');
    expect(() => bindCast(column(DATE), INTEGER, place, 'UTC')).toThrow('it can be to text, timestamp');
  });
});

describe('values of one type', () => {
  const unified = (...expressions: readonly BoundExpression[]): readonly string[] =>
    unify(expressions, 'this', place, BERLIN).map(shape);
  const text = (value: string): BoundExpression => literal(TEXT, value);

  it.each<readonly [readonly BoundExpression[], readonly string[]]>([
    [
      [column(DATE), column(TIMESTAMP)],
      ['local-to-instant:timestamp(convert:timestamp(date), Europe/Berlin)', 'timestamp'],
    ],
    [
      [text('2024-03-01'), column(TIMESTAMP)],
      ['local-to-instant:timestamp(2024-03-01T00:00:00.000000, Europe/Berlin)', 'timestamp'],
    ],
    [
      [column(TIMESTAMP), text('2024-03-01T10:00Z')],
      ['timestamp', '2024-03-01T10:00:00.000000'],
    ],
    [
      [column(DATE), text('2024-03-01'), literal(TEXT, null)],
      ['date', '2024-03-01', 'null'],
    ],
    [
      [column(INTEGER), column(DOUBLE)],
      ['convert:double(integer)', 'double'],
    ],
    [
      [literal(TEXT, null), column(BOOLEAN)],
      ['null', 'boolean'],
    ],
    [[literal(TEXT, null)], ['null']],
    [
      [text('2024-03-01'), column(TEXT)],
      ['2024-03-01', 'text'],
    ],
  ])('%j are brought together', (expressions, shapes) => {
    expect(unified(...expressions)).toEqual(shapes);
  });

  it.each<readonly [readonly BoundExpression[], string]>([
    [[column(DATE), text('2024-03-32')], 'these are date and text'],
    [[column(TIMESTAMP), text('soon')], 'these are timestamp and text'],
    [[column(DATE), column(TEXT)], 'these are date and text'],
    [[column(DATE), column(INTEGER)], 'these are date and integer'],
    [[column(INTEGER), column(TEXT)], 'these are integer and text'],
    [[column(BOOLEAN), column(TIMESTAMP)], 'these are boolean and timestamp'],
  ])('%j are not', (expressions, message) => {
    expect(() => unified(...expressions)).toThrow(message);
  });
});

describe('units of time', () => {
  const count = literal(INTEGER, 2n);
  const added = (type: ColumnType, zone: string) =>
    TIME_UNITS.map((unit) => shape(addUnits(column(type), count, unit, zone)));
  const counted = [
    ['add-months', 12],
    ['add-months', 3],
    ['add-months', 1],
    ['add-days', 7],
    ['add-days', 1],
    ['add-seconds', 3_600],
    ['add-seconds', 60],
    ['add-seconds', 1],
  ] as const;

  it('are added to an instant: those of the calendar on the local clock, shorter ones as they are', () => {
    expect(added(TIMESTAMP, 'UTC')).toEqual(
      counted.map(([name, factor]) => `${name}:timestamp(timestamp, 2, ${factor})`),
    );
    const local = 'instant-to-local:timestamp(timestamp, Europe/Berlin)';
    expect(added(TIMESTAMP, BERLIN)).toEqual(
      counted.map(([name, factor]) =>
        name === 'add-seconds'
          ? `${name}:timestamp(timestamp, 2, ${factor})`
          : `local-to-instant:timestamp(${name}:timestamp(${local}, 2, ${factor}), Europe/Berlin)`,
      ),
    );
  });

  it('keep a day a day', () => {
    expect(added(DATE, BERLIN).slice(0, 5)).toEqual(
      counted
        .slice(0, 5)
        .map(([name, factor]) => `convert:date(${name}:timestamp(convert:timestamp(date), 2, ${factor}))`),
    );
  });
});
