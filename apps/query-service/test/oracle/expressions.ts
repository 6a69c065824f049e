import fc from 'fast-check';
import {
  arithmetic,
  booleanLiteral,
  call,
  caseOf,
  columnOf,
  compare,
  minus,
  NULL_LITERAL,
  numberLiteral,
  predicate,
  rounding,
  textLiteral,
  timeLiteral,
  unified,
} from './make.js';
import { DATES, TENANTS, TEXTS, TIMES } from './tables.js';
import { Literal, Node } from './tree.js';
import { BOOLEAN, DATE, INTEGER, TEXT, TIMESTAMP } from './types.js';

const columns = (...paths: readonly string[]): fc.Arbitrary<Node> => fc.constantFrom(...paths.map(columnOf));

const NUMBER_TEXTS = [
  ...['0', '1', '-1', '2', '3', '2.5', '-0.05', '.5', '12.50', '0.0000000001', '1e3', '-2.5E-3', '1e300'],
  ...['9223372036854775807', '-9223372036854775808', '9223372036854775808', '9999999999.995', '1e40'],
  '123456789012345678901234567890.1234567890123456789',
];
/** Whole seconds and fractions, with and without a zone, twice on the clock and never on it. */
const TIME_TEXTS = [
  ...TIMES.slice(0, 12),
  ...['2024-03-10', '2024-03-10T02:30', '2024-11-03 01:30:00', '2024-10-06T02:15', '2024-04-07T01:45:00'],
  ...['2024-03-31T02:30:00Z', '2024-10-27t02:30:00.5+01:00', '2024-10-27T02:30', '2025-01-01T05:30+05:30'],
];

export const UNITS = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second'] as const;

export const numberLiterals = fc.constantFrom(...NUMBER_TEXTS).map(numberLiteral);
export const textLiterals = fc.constantFrom(...TEXTS).map(textLiteral);
export const dateLiterals = fc.constantFrom(...DATES).map((text) => timeLiteral(DATE, text));
export const timeLiterals = fc.constantFrom(...TIME_TEXTS).map((text) => timeLiteral(TIMESTAMP, text));
export const booleanLiterals = fc.boolean().map(booleanLiteral);
/** A number in quotes, which beside a number is that number. */
export const quotedNumbers = fc.constantFrom(...NUMBER_TEXTS).map(textLiteral);

export const patterns = fc
  .oneof(
    fc.constantFrom(
      '%',
      '',
      '_',
      'a%',
      '%b',
      '%a_',
      '_%_',
      'a\\_b',
      '\\%',
      '%\\\\',
      'É%',
      '😀_',
      'AAA%b',
      '"_"',
      '%\n%',
    ),
    fc.string({ unit: fc.constantFrom('a', 'b', '%', '_', 'é'), maxLength: 5 }),
  )
  .map(textLiteral);

const comparisons = fc.constantFrom('=', '<>', '<', '<=', '>', '>=');
const units = fc.constantFrom(...UNITS).map(textLiteral);
const isAny = fc.constantFrom('coalesce', 'nullif', 'greatest', 'least');

type Grammar = {
  readonly number: Node;
  readonly integer: Node;
  readonly text: Node;
  readonly condition: Node;
  readonly date: Node;
  readonly time: Node;
};

/** `coalesce` and its like: the first argument says the type, so it is no bare literal. */
const ofOneType = (first: fc.Arbitrary<Node>, rest: fc.Arbitrary<Node>): fc.Arbitrary<Node> =>
  fc.tuple(isAny, first, fc.array(rest, { minLength: 1, maxLength: 2 })).map(([name, head, tail]) => {
    return unified(name, [head, ...(name === 'nullif' ? tail.slice(0, 1) : tail)]);
  });

const caseOfType = (
  condition: fc.Arbitrary<Node>,
  first: fc.Arbitrary<Node>,
  rest: fc.Arbitrary<Node>,
): fc.Arbitrary<Node> =>
  fc
    .tuple(
      fc.array(condition, { minLength: 1, maxLength: 2 }),
      first,
      fc.array(rest, { minLength: 2, maxLength: 2 }),
      fc.boolean(),
    )
    .map(([whens, head, [second = head, last = head], hasElse]) =>
      caseOf(
        whens.map((when, index) => ({ when, then: index === 0 ? head : second })),
        hasElse ? last : null,
      ),
    );

const orNull = (nodes: fc.Arbitrary<Node>): fc.Arbitrary<Node> =>
  fc.oneof({ weight: 6, arbitrary: nodes }, { weight: 1, arbitrary: fc.constant<Node>(NULL_LITERAL) });

/** A subject of a comparison must not be written out: then it would be the constant. */
const isSubject = (node: Node): boolean => node.kind !== 'literal';

/** Tests of a subject against written values of its kind. */
function tests(subject: fc.Arbitrary<Node>, constant: fc.Arbitrary<Literal>): fc.Arbitrary<Node> {
  const pair = fc.tuple(constant, constant);
  const subjects = subject.filter(isSubject);
  return fc.oneof(
    fc
      .tuple(comparisons, subjects, constant, fc.boolean())
      .map(([operator, node, literal, mirrored]) =>
        mirrored ? compare(operator, literal, node) : compare(operator, node, literal),
      ),
    fc
      .tuple(subjects, fc.array(constant, { minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([node, values, negated]) => predicate('in', node, values, negated)),
    fc
      .tuple(subjects, pair, fc.boolean())
      .map(([node, values, negated]) => predicate('between', node, values, negated)),
    fc.tuple(subjects, fc.boolean()).map(([node, negated]) => predicate('is null', node, [], negated)),
  );
}

const SMALL = { depthSize: 'small', maxDepth: 3 } as const;

/** Expressions of every kind, over all columns that nobody's role hides. */
export const grammar = fc.letrec<Grammar>((tie) => {
  const [number, integer, text] = [tie('number'), tie('integer'), tie('text')];
  const [condition, date, time] = [tie('condition'), tie('date'), tie('time')];
  const timely = fc.oneof(date, time);
  const two = (name: string, a: fc.Arbitrary<Node>, b: fc.Arbitrary<Node>): fc.Arbitrary<Node> =>
    fc.tuple(a, b).map((args) => call(name, args, BOOLEAN));
  return {
    number: fc.oneof(
      SMALL,
      {
        weight: 4,
        arbitrary: columns('n', 'big', 'd', 'w', 'x', 'owner.score', 'place.height', 'owner.home.height'),
      },
      numberLiterals,
      {
        weight: 3,
        arbitrary: fc
          .tuple(fc.constantFrom('+', '-', '*', '/', '%'), number, number)
          .map(([o, a, b]) => arithmetic(o, a, b)),
      },
      number.map(minus),
      number.map((node) => call('abs', [node], node.type)),
      fc
        .tuple(fc.constantFrom('round', 'floor', 'ceil'), number)
        .map(([name, node]) => rounding(name, [node])),
      fc.tuple(number, integer).map((args) => rounding('round', args)),
      ofOneType(number.filter(isSubject), orNull(number)),
      caseOfType(condition, number, orNull(number)),
      integer,
    ),
    integer: fc.oneof(
      SMALL,
      { weight: 3, arbitrary: columns('n', 'big', 'id', 'owner_id', 'owner.id') },
      fc.constantFrom('0', '1', '2', '-1', '-3', '10').map(numberLiteral),
      text.map((node) => call('length', [node], INTEGER)),
      fc.tuple(units, timely).map((args) => call('date_part', args, INTEGER)),
      fc.tuple(fc.constantFrom('+', '-', '*', '%'), integer, integer).map(([o, a, b]) => arithmetic(o, a, b)),
    ),
    text: fc.oneof(
      SMALL,
      {
        weight: 4,
        arbitrary: columns('t', 'u', 'shard', 'place_code', 'owner.label', 'place.kind', 'owner.home.kind'),
      },
      textLiterals,
      fc
        .tuple(fc.constantFrom('lower', 'upper', 'trim'), text)
        .map(([name, node]) => call(name, [node], TEXT)),
      fc.tuple(text, integer).map((args) => call('substring', args, TEXT)),
      fc.tuple(text, integer, integer).map((args) => call('substring', args, TEXT)),
      fc.array(orNull(text), { minLength: 1, maxLength: 3 }).map((args) => call('concat', args, TEXT)),
      ofOneType(text.filter(isSubject), orNull(text)),
      caseOfType(condition, text, orNull(text)),
    ),
    condition: fc.oneof(
      SMALL,
      { weight: 2, arbitrary: columns('b') },
      booleanLiterals,
      fc
        .tuple(fc.constantFrom('and' as const, 'or' as const), condition, condition)
        .map(([operator, left, right]): Node => ({ kind: 'logic', operator, left, right, type: BOOLEAN })),
      condition.map((operand): Node => ({ kind: 'not', operand, type: BOOLEAN })),
      ...[number, text, timely].map((nodes) =>
        fc
          .tuple(comparisons, nodes, nodes)
          .filter(([, a, b]) => isSubject(a) && isSubject(b))
          .map(([o, a, b]) => compare(o, a, b)),
      ),
      tests(number, fc.oneof(numberLiterals, quotedNumbers)),
      tests(text, textLiterals),
      tests(date, dateLiterals),
      tests(time, timeLiterals),
      tests(condition, booleanLiterals),
      fc
        .tuple(text.filter(isSubject), patterns, fc.boolean())
        .map(([node, pattern, negated]) => predicate('like', node, [pattern], negated)),
      two('starts_with', text, text),
      two('contains', text, text),
      ofOneType(condition.filter(isSubject), orNull(condition)),
    ),
    date: fc.oneof(
      SMALL,
      { weight: 4, arbitrary: columns('day', 'place.opened', 'owner.home.opened') },
      fc.tuple(units, date).map((args) => call('date_trunc', args, DATE)),
      ofOneType(date, orNull(fc.oneof(date, dateLiterals))),
      caseOfType(condition, date, orNull(date)),
    ),
    time: fc.oneof(
      SMALL,
      { weight: 4, arbitrary: columns('at', 'owner.since') },
      fc.tuple(units, time).map((args) => call('date_trunc', args, TIMESTAMP)),
      ofOneType(time, orNull(fc.oneof(time, timeLiterals))),
      ofOneType(time, date),
      caseOfType(condition, time, orNull(timely)),
    ),
  };
});

export const expressions = fc.oneof(
  grammar.number,
  grammar.text,
  grammar.condition,
  grammar.date,
  grammar.time,
);

/** Columns that some role does not see as they are. */
export const classedColumns = columns('email', 'salary', 'note', 'owner.phone', 'place.keeper');

/** The tenant's column, compared with a tenant: the own one, or not. */
export const tenantTests = fc
  .tuple(
    comparisons,
    fc.constantFrom('tenant_id', 'owner.tenant_id').map(columnOf),
    fc.constantFrom(...TENANTS),
  )
  .map(([operator, column, tenant]) => compare(operator, column, textLiteral(tenant)));
