import fc from 'fast-check';
import {
  booleanLiterals,
  comparisons,
  dateLiterals,
  longUnits,
  lookalikes,
  numberLiterals,
  patterns,
  quotedNumbers,
  smallLiterals,
  textLiterals,
  timeLiterals,
  units,
} from './literals.js';
import {
  arithmetic,
  call,
  caseOf,
  castTo,
  columnOf,
  compare,
  minus,
  NULL_LITERAL,
  predicate,
  rounding,
  textLiteral,
  unified,
} from './make.js';
import { Literal, Node } from './tree.js';
import { BOOLEAN, commonType, DATE, decimal, DOUBLE, INTEGER, TEXT, TIMESTAMP } from './types.js';

type Nodes = fc.Arbitrary<Node>;

/** The kinds of expressions; each rule may use all of them. */
interface Kinds {
  readonly number: Nodes;
  readonly integer: Nodes;
  readonly text: Nodes;
  readonly condition: Nodes;
  readonly date: Nodes;
  readonly time: Nodes;
}

export const columns = (
  ...paths: readonly string[]
): { readonly weight: number; readonly arbitrary: Nodes } => ({
  weight: 4,
  arbitrary: fc.constantFrom(...paths.map(columnOf)),
});

/** A subject of a comparison must not be written out: then it would be the constant. */
const isSubject = (node: Node): boolean => node.kind !== 'literal';

const orNull = (nodes: Nodes): Nodes =>
  fc.oneof({ weight: 6, arbitrary: nodes }, { weight: 1, arbitrary: fc.constant<Node>(NULL_LITERAL) });

/** `coalesce` and its like: the first argument says the type, so it is no bare literal. */
const ofOneType = (first: Nodes, rest: Nodes): Nodes =>
  fc
    .tuple(
      fc.constantFrom('coalesce', 'nullif', 'greatest', 'least'),
      first.filter(isSubject),
      fc.array(rest, { minLength: 1, maxLength: 2 }),
    )
    .map(([name, head, tail]) => unified(name, [head, ...(name === 'nullif' ? tail.slice(0, 1) : tail)]));

const caseOfType = (condition: Nodes, first: Nodes, rest: Nodes): Nodes =>
  fc
    .tuple(fc.array(condition, { minLength: 1, maxLength: 2 }), first, rest, rest, fc.boolean())
    .map(([whens, head, second, last, hasElse]) =>
      caseOf(
        whens.map((when, index) => ({ when, then: index === 0 ? head : second })),
        hasElse ? last : null,
      ),
    );

/** A function of a unit and times. */
const ofUnit = (name: string, type: Node['type'], ...args: readonly Nodes[]): Nodes =>
  fc.tuple(...args).map((nodes) => call(name, nodes, type));

const SMALL = { depthSize: 'small', maxDepth: 2 } as const;
const DECIMALS = [
  decimal(5, 1),
  decimal(12, 2),
  decimal(38, 0),
  decimal(38, 10),
  decimal(3, 3),
  decimal(18, 4),
];

const numbers = ({ number, integer, text, condition }: Kinds): Nodes =>
  fc.oneof(
    SMALL,
    columns('n', 'big', 'd', 'w', 'x', 'owner.score', 'place.height', 'owner.home.height'),
    numberLiterals,
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom('+', '-', '*', '/', '%'), number, number)
        .map(([operator, a, b]) => arithmetic(operator, a, b)),
    },
    number.map(minus),
    number.map((node) => call('abs', [node], node.type)),
    number.map((node) => call('sqrt', [node], DOUBLE)),
    fc.tuple(number, number).map((args) => call('mod', args, commonType(args.map(({ type }) => type)))),
    fc.tuple(fc.constantFrom('round', 'floor', 'ceil'), number).map(([name, node]) => rounding(name, [node])),
    fc.tuple(number, integer).map((args) => rounding('round', args)),
    fc
      .tuple(fc.oneof(number, text, lookalikes), fc.constantFrom(...DECIMALS, DOUBLE))
      .map(([node, type]) => castTo(node, type)),
    ofOneType(number, orNull(number)),
    caseOfType(condition, number, orNull(number)),
    integer,
  );

const integers = ({ number, integer, text, date, time }: Kinds): Nodes =>
  fc.oneof(
    SMALL,
    columns('n', 'big', 'id', 'owner_id', 'owner.id'),
    smallLiterals,
    text.map((node) => call('length', [node], INTEGER)),
    number.map((node) => call('sign', [node], INTEGER)),
    fc.oneof(number, text, lookalikes).map((node) => castTo(node, INTEGER)),
    ofUnit('date_part', INTEGER, units, fc.oneof(date, time)),
    ofUnit('date_diff', INTEGER, units, fc.oneof(date, time), fc.oneof(date, time)),
    ofUnit('date_diff', INTEGER, units, timeLiterals, time),
    ofUnit('date_diff', INTEGER, units, date, dateLiterals),
    fc
      .tuple(fc.constantFrom('+', '-', '*', '%'), integer, integer)
      .map(([operator, a, b]) => arithmetic(operator, a, b)),
  );

const texts = ({ number, integer, text, condition, date, time }: Kinds): Nodes =>
  fc.oneof(
    SMALL,
    columns('t', 'u', 'shard', 'place_code', 'owner.label', 'place.kind', 'owner.home.kind'),
    textLiterals,
    fc.tuple(fc.constantFrom('lower', 'upper', 'trim'), text).map(([name, node]) => call(name, [node], TEXT)),
    fc.tuple(text, integer).map((args) => call('substring', args, TEXT)),
    fc.tuple(text, integer, integer).map((args) => call('substring', args, TEXT)),
    fc
      .tuple(
        text,
        fc.constantFrom('a', '', 'ab', 'é', '😀', '%', '\\', '1'),
        fc.constantFrom('', 'b', 'é', '_'),
      )
      .map(([node, from, to]) => call('replace', [node, textLiteral(from), textLiteral(to)], TEXT)),
    fc.array(orNull(text), { minLength: 1, maxLength: 2 }).map((args) => call('concat', args, TEXT)),
    fc.oneof(number, condition, date, time).map((node) => castTo(node, TEXT)),
    ofOneType(text, orNull(text)),
    caseOfType(condition, text, orNull(text)),
  );

/** Tests of a subject against written values of its kind. */
export function tests(subject: Nodes, constant: fc.Arbitrary<Literal>): Nodes {
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
      .tuple(subjects, fc.tuple(constant, constant), fc.boolean())
      .map(([node, values, negated]) => predicate('between', node, values, negated)),
    fc.tuple(subjects, fc.boolean()).map(([node, negated]) => predicate('is null', node, [], negated)),
  );
}

/** Two expressions of one kind, compared. */
const comparing = (nodes: Nodes): Nodes =>
  fc
    .tuple(comparisons, nodes.filter(isSubject), nodes.filter(isSubject))
    .map(([operator, a, b]) => compare(operator, a, b));

const conditions = ({ number, text, condition, date, time }: Kinds): Nodes =>
  fc.oneof(
    SMALL,
    columns('b'),
    booleanLiterals,
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), condition, condition)
      .map(([operator, left, right]): Node => ({ kind: 'logic', operator, left, right, type: BOOLEAN })),
    condition.map((operand): Node => ({ kind: 'not', operand, type: BOOLEAN })),
    comparing(number),
    comparing(text),
    comparing(fc.oneof(date, time)),
    tests(number, fc.oneof(numberLiterals, quotedNumbers)),
    tests(text, textLiterals),
    tests(date, dateLiterals),
    tests(time, timeLiterals),
    tests(condition, booleanLiterals),
    fc
      .tuple(text.filter(isSubject), patterns, fc.boolean())
      .map(([node, pattern, negated]) => predicate('like', node, [pattern], negated)),
    fc
      .tuple(fc.constantFrom('starts_with', 'contains'), text, text)
      .map(([name, ...args]) => call(name, args, BOOLEAN)),
    fc.oneof(text, lookalikes).map((node) => castTo(node, BOOLEAN)),
    ofOneType(condition, orNull(condition)),
  );

const dates = ({ integer, text, condition, date, time }: Kinds): Nodes =>
  fc.oneof(
    SMALL,
    columns('day', 'place.opened', 'owner.home.opened'),
    ofUnit('date_trunc', DATE, units, date),
    ofUnit('date_add', DATE, longUnits, shifts(integer), date),
    fc.oneof(time, text, lookalikes).map((node) => castTo(node, DATE)),
    fc.constant(call('today', [], DATE)),
    ofOneType(date, orNull(fc.oneof(date, dateLiterals))),
    caseOfType(condition, date, orNull(date)),
  );

const times = ({ integer, text, condition, date, time }: Kinds): Nodes =>
  fc.oneof(
    SMALL,
    columns('at', 'owner.since'),
    ofUnit('date_trunc', TIMESTAMP, units, time),
    ofUnit('date_add', TIMESTAMP, units, shifts(integer), time),
    fc.oneof(date, text, lookalikes).map((node) => castTo(node, TIMESTAMP)),
    fc.constant(call('now', [], TIMESTAMP)),
    ofOneType(time, orNull(fc.oneof(time, timeLiterals))),
    ofOneType(time, date),
    caseOfType(condition, time, orNull(fc.oneof(time, date))),
  );

/** By few units, so that years keep four digits; or by so many that the outcome is out of every range. */
const shifts = (integer: Nodes): Nodes =>
  fc.oneof(
    smallLiterals,
    fc.constantFrom('n', 'big').map(columnOf),
    integer.map((node) => arithmetic('%', node, { kind: 'literal', type: INTEGER, value: 13n, text: '13' })),
  );

/** Expressions of every kind, over all columns that nobody's role hides. */
export const grammar: Kinds = fc.letrec<{ readonly [kind in keyof Kinds]: Node }>((tie) => {
  const kinds: Kinds = {
    number: tie('number'),
    integer: tie('integer'),
    text: tie('text'),
    condition: tie('condition'),
    date: tie('date'),
    time: tie('time'),
  };
  return {
    number: numbers(kinds),
    integer: integers(kinds),
    text: texts(kinds),
    condition: conditions(kinds),
    date: dates(kinds),
    time: times(kinds),
  };
});

export const expressions = fc.oneof(
  grammar.number,
  grammar.text,
  grammar.condition,
  grammar.date,
  grammar.time,
);

/** Functions whose last digit is the platform's own: to be selected, but neither compared nor sorted by. */
export const transcendental = fc.oneof(
  fc.tuple(fc.constantFrom('ln', 'exp'), grammar.number).map(([name, node]) => call(name, [node], DOUBLE)),
  fc.tuple(grammar.number, grammar.number).map((args) => call('power', args, DOUBLE)),
);
