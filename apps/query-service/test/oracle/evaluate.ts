import { addToDate, addToInstant, stretchOf } from './calendar.js';
import { cast } from './casts.js';
import { askedAt, callFunction, todayOf } from './functions.js';
import { inInt64, modulo } from './numbers.js';
import { isLike, lower } from './texts.js';
import { SPANS } from './pools.js';
import { DAY_MICROS, readDate, readTimestamp, toInstant } from './times.js';
import { Comparison, Filter, Literal, Node } from './tree.js';
import { commonType, digitsOf, DOUBLE, Type, Value } from './types.js';
import { compareToConstant, compareValues, convertValue } from './values.js';

/** Where an expression is evaluated: over one row, or over a group that the row stands for. */
export interface Place {
  readonly zone: string;
  /** Microseconds since 1970: when the query is asked. */
  readonly now: bigint;
  readonly column: (path: readonly string[]) => Value;
  readonly aggregate: (node: Node & { readonly kind: 'aggregate' }) => Value;
}

/** What an expression is worth. Never throws for a row: what has no value is NULL. */
export function evaluate(node: Node, place: Place): Value {
  switch (node.kind) {
    case 'literal':
      return literalValue(node, place.zone);
    case 'column':
      return place.column(node.path);
    case 'aggregate':
      return place.aggregate(node);
    case 'call':
      return callFunction(
        node,
        node.args.map((arg) => evaluate(arg, place)),
        place,
      );
    case 'cast': {
      const value = evaluate(node.operand, place);
      return value === null ? null : cast(value, node.operand.type, node.type, place.zone);
    }
    case 'arithmetic':
      return arithmetic(node, place);
    case 'comparison':
      return holds(node.operator, compare(node.left, node.right, place));
    case 'logic':
      return combine(node.operator, [truth(node.left, place), truth(node.right, place)]);
    case 'not':
      return negate(truth(node.operand, place));
    case 'negate':
      return minus(evaluate(node.operand, place), node.type);
    case 'case': {
      const branch = node.branches.find(({ when }) => truth(when, place) === true);
      const chosen = branch ? branch.then : node.otherwise;
      return chosen ? convertValue(evaluate(chosen, place), chosen.type, node.type, place.zone) : null;
    }
    case 'predicate':
      return node.negated ? negate(predicate(node, place)) : predicate(node, place);
  }
}

/** A written date or time stands as its text, since its meaning depends on the zone. */
function literalValue({ type, value, text }: Literal, zone: string): Value {
  if (type.kind === 'date') return readDate(text);
  return type.kind === 'timestamp' ? readTimestamp(text, zone) : value;
}

const truth = (node: Node, place: Place): boolean | null => evaluate(node, place) as boolean | null;

const negate = (value: boolean | null): boolean | null => (value === null ? null : !value);

/** SQL's three-valued logic: what decides, decides; else NULL if one is. */
export function combine(operator: 'and' | 'or', values: readonly (boolean | null)[]): boolean | null {
  const decisive = operator === 'or';
  if (values.includes(decisive)) return decisive;
  return values.includes(null) ? null : !decisive;
}

function holds(operator: Comparison, order: number | null): boolean | null {
  if (order === null) return null;
  return {
    '=': order === 0,
    '<>': order !== 0,
    '<': order < 0,
    '<=': order <= 0,
    '>': order > 0,
    '>=': order >= 0,
  }[operator];
}

function compare(left: Node, right: Node, place: Place): number | null {
  if (right.kind === 'literal' && left.kind !== 'literal') {
    return compareToConstant(evaluate(left, place), left.type, right, place.zone);
  }
  if (left.kind === 'literal' && right.kind !== 'literal') {
    const order = compareToConstant(evaluate(right, place), right.type, left, place.zone);
    return order === null ? null : -order;
  }
  const type = commonType([left.type, right.type]);
  const [a, b] = [left, right].map((node) =>
    convertValue(evaluate(node, place), node.type, type, place.zone),
  );
  return a === null || a === undefined || b === null || b === undefined ? null : compareValues(a, b);
}

function predicate(node: Node & { readonly kind: 'predicate' }, place: Place): boolean | null {
  const { operand, values } = node;
  if (node.name === 'is null') return evaluate(operand, place) === null;
  if (node.name === 'like') {
    const text = evaluate(operand, place);
    return text === null ? null : isLike(String(text), String((values[0] as Literal).value));
  }
  if (node.name === 'in')
    return combine(
      'or',
      values.map((value) => holds('=', compare(operand, value, place))),
    );
  const [low, high] = values as readonly [Node, Node];
  return combine('and', [
    holds('>=', compare(operand, low, place)),
    holds('<=', compare(operand, high, place)),
  ]);
}

function minus(value: Value, type: Type): Value {
  if (typeof value === 'number') return -value;
  if (typeof value !== 'bigint') return null;
  return type.kind === 'integer' ? inInt64(-value) : -value;
}

function arithmetic(node: Node & { readonly kind: 'arithmetic' }, place: Place): Value {
  const { operator, left, right, type } = node;
  const [a, b] = [evaluate(left, place), evaluate(right, place)];
  if (a === null || b === null) return null;
  if (type.kind === 'double') {
    const [x, y] = [convertValue(a, left.type, type, ''), convertValue(b, right.type, type, '')];
    return ofDoubles(operator, x as number, y as number);
  }
  if (operator === '*') return kept((a as bigint) * (b as bigint), type);
  const scale = digitsOf(type).scale;
  const scaled = (value: Value, from: Type): bigint =>
    (value as bigint) * 10n ** BigInt(scale - digitsOf(from).scale);
  const [x, y] = [scaled(a, left.type), scaled(b, right.type)];
  if (operator !== '%') return kept(operator === '+' ? x + y : x - y, type);
  return modulo([x, y], type);
}

const kept = (value: bigint, { kind }: Type): Value => (kind === 'integer' ? inInt64(value) : value);

function ofDoubles(operator: string, x: number, y: number): Value {
  switch (operator) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      return x * y;
    case '/':
      return y === 0 ? null : x / y;
    default:
      return modulo([x, y], DOUBLE);
  }
}

/** Whether a row passes a filter: true, false, or NULL, which does not pass. */
export function evaluateFilter(filter: Filter, place: Place): boolean | null {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return combine(
        filter.kind,
        filter.nodes.map((node) => evaluateFilter(node, place)),
      );
    case 'not':
      return negate(evaluateFilter(filter.node, place));
    case 'condition':
      return condition(filter, place);
  }
}

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  eq: '=',
  ne: '<>',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
};

function condition({ subject, op, values }: Filter & { kind: 'condition' }, place: Place): boolean | null {
  const value = evaluate(subject, place);
  if (op === 'isNull') return value === null;
  if (op === 'isNotNull') return value !== null;
  if (value === null) return null;
  if (op === 'inLast' || op === 'during')
    return isWithin(value as bigint, subject.type, op, String(values[0]?.value), place);
  const text = String(value);
  const wanted = String(values[0]?.value);
  const orders = values.map(
    (constant) => compareToConstant(value, subject.type, constant, place.zone) as number,
  );
  switch (op) {
    case 'in':
    case 'notIn':
      return orders.includes(0) === (op === 'in');
    case 'between':
    case 'notBetween':
      return ((orders[0] ?? 0) >= 0 && (orders[1] ?? 0) <= 0) === (op === 'between');
    case 'like':
    case 'notLike':
      return isLike(text, wanted) === (op === 'like');
    case 'ilike':
      return isLike(lower(text), lower(wanted));
    case 'startsWith':
      return text.startsWith(wanted);
    case 'endsWith':
      return text.endsWith(wanted);
    case 'contains':
      return text.includes(wanted);
    default:
      return holds(COMPARISONS[op] as Comparison, orders[0] ?? null);
  }
}

/** Conditions on the calendar: both ends are found on the local clock, or in whole days for a date. */
function isWithin(
  value: bigint,
  { kind }: Type,
  op: 'inLast' | 'during',
  text: string,
  place: Place,
): boolean {
  const { zone } = place;
  const [now, today] = [askedAt(place), todayOf(place)];
  if (op === 'during') {
    const [first, end] = stretchOf(text, today).map((day) =>
      kind === 'date' ? day : toInstant(day * DAY_MICROS, zone),
    );
    return value >= (first ?? 0n) && value < (end ?? 0n);
  }
  const span = SPANS.find((known) => known.text === text);
  if (!span) throw new Error(`The generator wrote the span "${text}".`);
  if (kind === 'date') return value > (addToDate(span.unit, -span.count, today) ?? 0n) && value <= today;
  return value > (addToInstant(span.unit, -span.count, now, zone) ?? 0n) && value <= now;
}
