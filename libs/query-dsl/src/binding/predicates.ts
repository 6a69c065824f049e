import { BOOLEAN, formatColumnType, TEXT } from '@sluice/catalog';
import { checkLimit, refusal } from '../refusal.js';
import { Place } from '../syntax/expression.js';
import { BoundExpression } from './bound.js';
import { literal, operation } from './nodes.js';

/** Membership in a list of values of the subject's type; times in a zone are compared one by one. */
export function isIn(
  subject: BoundExpression,
  members: readonly BoundExpression[],
  place: Place,
): BoundExpression {
  if (members.length === 0) return operation('never', [subject]);
  const values = members.flatMap((member) => (member.kind === 'literal' ? [member.value] : []));
  if (values.length === members.length) return { kind: 'in', operand: subject, values, type: BOOLEAN };
  checkLimit('filterNodes', members.length, 'The list of local times is too long', place.pointer);
  return operation(
    'or',
    members.map((member) => operation('eq', [subject, member])),
  );
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
