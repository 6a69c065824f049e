import { BOOLEAN, formatColumnType, TEXT } from '@sluice/catalog';
import { refusal } from '../refusal.js';
import { ScalarValue } from '../statement.js';
import { Place } from '../syntax/expression.js';
import { BoundExpression } from './bound.js';
import { literal, operation } from './nodes.js';
import { sameExpression } from './same-expression.js';

/**
 * Membership in a list of values of the subject's type. Times that name no zone are a list of their own, so that the text of a query
 * stays the same however many there are.
 */
export function isIn(subject: BoundExpression, members: readonly BoundExpression[]): BoundExpression {
  const local = members.flatMap(localIn);
  const lists = [
    listOf(subject, members.flatMap(literalIn), null),
    listOf(
      subject,
      local.map(({ value }) => value),
      local[0]?.zone ?? null,
    ),
  ].filter(({ values }) => values.length > 0);
  if (lists.length === 0) return operation('never', [subject]);
  return lists.length === 1 ? (lists[0] as BoundExpression) : operation('or', lists);
}

const listOf = (operand: BoundExpression, values: readonly ScalarValue[], localTo: string | null) =>
  ({ kind: 'in', operand, values, localTo, type: BOOLEAN }) as const;

const literalIn = (member: BoundExpression): readonly ScalarValue[] =>
  member.kind === 'literal' ? [member.value] : [];

/** A local time and its zone, as `toInstant` makes them. */
function localIn(member: BoundExpression): readonly { readonly zone: string; readonly value: ScalarValue }[] {
  if (member.kind !== 'operation') return [];
  const [time, zone] = member.args.flatMap(literalIn);
  return time === undefined ? [] : [{ value: time, zone: String(zone) }];
}

/** `_` and `%` as in SQL, `\` escapes; a pattern that ends inside an escape is refused. */
export function likePattern(
  name: 'like' | 'ilike',
  subject: BoundExpression,
  pattern: string,
  place: Place,
): BoundExpression {
  requireText(subject, place);
  if (/(?<!\\)(?:\\\\)*\\$/.test(pattern)) {
    throw refusal(
      'invalid-request',
      'The pattern ends with "\\": write "\\\\" for the character itself.',
      place,
    );
  }
  return operation(name, [subject, literal(TEXT, pattern)]);
}

export function requireText(subject: BoundExpression, place: Place): void {
  if (subject.type.kind === 'text') return;
  const message = `This works on text, but the column is ${formatColumnType(subject.type)}.`;
  throw refusal('type-mismatch', message, place);
}

/**
 * Both of two comparisons. Where they are of one operand it is said once, since operands nest: each level would double the text. Where a
 * bound was rounded, or none of the type can be beyond it, the two stay as they are.
 */
export function rangeOf(least: BoundExpression, greatest: BoundExpression): BoundExpression {
  const [low, high] = [boundIn(least, 'gte'), boundIn(greatest, 'lte')];
  if (!low || !high || !sameExpression(low[0], high[0])) return operation('and', [least, greatest]);
  return operation('between', [low[0], low[1], high[1]]);
}

function boundIn(
  expression: BoundExpression,
  name: 'gte' | 'lte',
): readonly [BoundExpression, BoundExpression] | undefined {
  if (expression.kind !== 'operation' || expression.name !== name) return undefined;
  const [operand, bound] = expression.args;
  return operand && bound ? [operand, bound] : undefined;
}
