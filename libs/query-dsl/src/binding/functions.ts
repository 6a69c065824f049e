import {
  BOOLEAN,
  ColumnType,
  DOUBLE,
  INTEGER,
  TEXT,
  TIMESTAMP,
  decimalType,
  formatColumnType,
} from '@sluice/catalog';
import { refusal } from '../refusal.js';
import { suggest } from '../suggest.js';
import { Place } from '../syntax/expression.js';
import { AggregateName, BoundExpression, hasAggregate } from './bound.js';
import { convert, literal, operation, unify } from './nodes.js';
import { isNumeric } from './numeric.js';

export const DATE_UNITS = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second'] as const;

interface Call {
  readonly args: readonly BoundExpression[];
  readonly place: Place;
  readonly timezone: string;
}

interface FunctionSpec {
  readonly least: number;
  readonly most: number;
  readonly bind: (call: Call) => BoundExpression;
}

/** Binds a call of the closed list. Throws `unknown-function`, `type-mismatch` or `invalid-grouping`. */
export function bindCall(
  name: string,
  args: readonly BoundExpression[],
  place: Place,
  timezone: string,
): BoundExpression {
  const spec = FUNCTIONS.get(name);
  if (!spec)
    throw refusal(
      'unknown-function',
      `There is no function "${name}".`,
      place,
      suggest(name, FUNCTIONS.keys()),
    );
  if (args.length < spec.least || args.length > spec.most) {
    const wanted = spec.least === spec.most ? `${spec.least}` : `${spec.least} to ${spec.most}`;
    throw refusal('invalid-expression', `"${name}" takes ${wanted} arguments, not ${args.length}.`, place);
  }
  return spec.bind({ args, place, timezone });
}

type TypeTest = readonly [description: string, test: (type: ColumnType) => boolean];
const TEXTS: TypeTest = ['text', (type) => type.kind === 'text'];
const NUMBERS: TypeTest = ['a number', isNumeric];
const INTEGERS: TypeTest = ['integer', (type) => type.kind === 'integer'];
const TIMES: TypeTest = ['a date or timestamp', (type) => type.kind === 'date' || type.kind === 'timestamp'];

function argument({ args, place }: Call, index: number, [description, test]: TypeTest): BoundExpression {
  const arg = args[index];
  if (arg && test(arg.type)) return arg;
  const actual = arg ? formatColumnType(arg.type) : 'missing';
  throw refusal('type-mismatch', `Argument ${index + 1} must be ${description}, but is ${actual}.`, place);
}

/** A function from texts, with further arguments as given. */
const textFunction = (
  name:
    'lower' | 'upper' | 'trim' | 'length' | 'starts_with' | 'ends_with' | 'contains' | 'concat' | 'substring',
  type: ColumnType,
  tests: readonly TypeTest[],
): FunctionSpec['bind'] => {
  return (call) => {
    const args = call.args.map((_, index) =>
      argument(call, index, tests[Math.min(index, tests.length - 1)] as TypeTest),
    );
    return operation(name, args, type);
  };
};

const rounding = (name: 'round' | 'floor' | 'ceil'): FunctionSpec['bind'] => {
  return (call) => {
    const value = argument(call, 0, NUMBERS);
    if (call.args.length === 1 && value.type.kind === 'integer') return value;
    const digits = call.args.length > 1 ? [argument(call, 1, INTEGERS)] : [];
    return operation(name, [convert(value, DOUBLE), ...digits], DOUBLE);
  };
};

const unified = (name: 'coalesce' | 'nullif' | 'greatest' | 'least'): FunctionSpec['bind'] => {
  return ({ args, place }) => {
    const same = unify(args, `"${name}"`, place);
    return operation(name, same, same[0]?.type ?? TEXT);
  };
};

const timeFunction = (name: 'date_trunc' | 'date_part'): FunctionSpec['bind'] => {
  return (call) => {
    const [unit] = call.args;
    const known = unit?.kind === 'literal' && DATE_UNITS.some((candidate) => candidate === unit.value);
    if (!unit || !known) {
      throw refusal(
        'invalid-expression',
        `The unit must be one of ${DATE_UNITS.join(', ')}, in quotes.`,
        call.place,
      );
    }
    const time = argument(call, 1, TIMES);
    const zone = literal(TEXT, time.type.kind === 'date' ? 'UTC' : call.timezone);
    const args = [unit, convert(time, TIMESTAMP), zone];
    if (name === 'date_part') return operation(name, args, INTEGER);
    return convert(operation(name, args, TIMESTAMP), time.type);
  };
};

function aggregate(
  name: AggregateName,
  args: readonly BoundExpression[],
  type: ColumnType,
  place: Place,
): BoundExpression {
  if (args.some(hasAggregate)) {
    throw refusal('invalid-grouping', 'An aggregate cannot stand inside another one.', place);
  }
  return { kind: 'aggregate', name, args, type };
}

/** A sum is exact where 10^7 rows of the widest value fit into 38 digits; wider values are summed as doubles. */
function bindSum(call: Call): BoundExpression {
  const value = argument(call, 0, NUMBERS);
  if (value.type.kind === 'integer') return aggregate('sum', [value], decimalType(38, 0), call.place);
  if (value.type.kind === 'decimal' && value.type.precision <= 31) {
    return aggregate('sum', [value], decimalType(38, value.type.scale), call.place);
  }
  return aggregate('sum', [convert(value, DOUBLE)], DOUBLE, call.place);
}

const countRows = (name: 'count' | 'count_distinct'): FunctionSpec['bind'] => {
  return ({ args, place }) => aggregate(name, args, INTEGER, place);
};

const extreme = (name: 'min' | 'max'): FunctionSpec['bind'] => {
  return ({ args, place }) => aggregate(name, args, args[0]?.type ?? TEXT, place);
};

const MANY = 32;

const FUNCTIONS = new Map<string, FunctionSpec>([
  ['sum', { least: 1, most: 1, bind: bindSum }],
  [
    'avg',
    {
      least: 1,
      most: 1,
      bind: (call) => aggregate('avg', [convert(argument(call, 0, NUMBERS), DOUBLE)], DOUBLE, call.place),
    },
  ],
  ['min', { least: 1, most: 1, bind: extreme('min') }],
  ['max', { least: 1, most: 1, bind: extreme('max') }],
  ['count', { least: 1, most: 1, bind: countRows('count') }],
  ['count_distinct', { least: 1, most: 1, bind: countRows('count_distinct') }],
  [
    'abs',
    {
      least: 1,
      most: 1,
      bind: (call) => operation('abs', [argument(call, 0, NUMBERS)], argument(call, 0, NUMBERS).type),
    },
  ],
  ['round', { least: 1, most: 2, bind: rounding('round') }],
  ['floor', { least: 1, most: 1, bind: rounding('floor') }],
  ['ceil', { least: 1, most: 1, bind: rounding('ceil') }],
  ['lower', { least: 1, most: 1, bind: textFunction('lower', TEXT, [TEXTS]) }],
  ['upper', { least: 1, most: 1, bind: textFunction('upper', TEXT, [TEXTS]) }],
  ['trim', { least: 1, most: 1, bind: textFunction('trim', TEXT, [TEXTS]) }],
  ['length', { least: 1, most: 1, bind: textFunction('length', INTEGER, [TEXTS]) }],
  ['concat', { least: 1, most: MANY, bind: textFunction('concat', TEXT, [TEXTS]) }],
  ['substring', { least: 2, most: 3, bind: textFunction('substring', TEXT, [TEXTS, INTEGERS]) }],
  ['starts_with', { least: 2, most: 2, bind: textFunction('starts_with', BOOLEAN, [TEXTS]) }],
  ['contains', { least: 2, most: 2, bind: textFunction('contains', BOOLEAN, [TEXTS]) }],
  ['coalesce', { least: 1, most: MANY, bind: unified('coalesce') }],
  ['nullif', { least: 2, most: 2, bind: unified('nullif') }],
  ['greatest', { least: 1, most: MANY, bind: unified('greatest') }],
  ['least', { least: 1, most: MANY, bind: unified('least') }],
  ['date_trunc', { least: 2, most: 2, bind: timeFunction('date_trunc') }],
  ['date_part', { least: 2, most: 2, bind: timeFunction('date_part') }],
]);
