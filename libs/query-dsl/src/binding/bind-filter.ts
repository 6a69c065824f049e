import { TEXT } from '@sluice/catalog';
import { Place } from '../syntax/expression.js';
import { ConditionOperator, FilterSyntax, JsonScalar } from '../syntax/query-syntax.js';
import { Frame } from './frame.js';
import { ExpressionBinder } from './bind-expression.js';
import { BoundExpression } from './bound.js';
import { compareWithConstant, Constant, membersOf } from './compare.js';
import { refusal } from '../refusal.js';
import { literal, operation } from './nodes.js';
import { bindDuring } from './during.js';
import { bindInLast } from './in-last.js';
import { isIn, likePattern, requireText } from './predicates.js';

/** Binds a filter or having tree. Throws with the pointer of the node that is wrong. */
export function bindFilter(filter: FilterSyntax, binder: ExpressionBinder): BoundExpression {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const nodes = filter.nodes.map((node) => bindFilter(node, binder));
      return nodes.length === 1 ? (nodes[0] as BoundExpression) : operation(filter.kind, nodes);
    }
    case 'not':
      return operation('not', [bindFilter(filter.node, binder)]);
    case 'condition':
      return bindCondition(binder.bind(filter.subject), filter, binder.frame);
  }
}

type Condition = FilterSyntax & { readonly kind: 'condition' };

function bindCondition(subject: BoundExpression, condition: Condition, frame: Frame): BoundExpression {
  const { timezone } = frame;
  const { operator, values } = condition;
  const compare = (name: 'eq' | 'ne' | 'lt' | 'lte' | 'gt' | 'gte', index: number): BoundExpression => {
    const { constant, place } = valueAt(condition, index);
    return compareWithConstant(name, subject, constant, place, timezone);
  };
  switch (operator) {
    case 'isNull':
      return operation('is-null', [subject]);
    case 'isNotNull':
      return not(operation('is-null', [subject]));
    case 'in':
    case 'notIn': {
      const constants = values.map((_, index) => valueAt(condition, index));
      const membership = isIn(subject, membersOf(subject.type, constants, timezone));
      return operator === 'in' ? membership : not(membership);
    }
    case 'between':
    case 'notBetween': {
      const range = operation('and', [compare('gte', 0), compare('lte', 1)]);
      return operator === 'between' ? range : not(range);
    }
    case 'like':
    case 'notLike':
    case 'ilike':
    case 'startsWith':
    case 'endsWith':
    case 'contains':
      return bindTextCondition(operator, subject, condition);
    case 'inLast':
    case 'during': {
      const { text, place } = textAt(condition, 0);
      const bind = operator === 'inLast' ? bindInLast : bindDuring;
      return bind(subject, text, { value: place, condition: condition.place }, frame);
    }
    default:
      return compare(operator, 0);
  }
}

type TextOperator = ConditionOperator &
  ('like' | 'notLike' | 'ilike' | 'startsWith' | 'endsWith' | 'contains');

const TEXT_OPERATIONS = { startsWith: 'starts_with', endsWith: 'ends_with', contains: 'contains' } as const;

function bindTextCondition(
  operator: TextOperator,
  subject: BoundExpression,
  condition: Condition,
): BoundExpression {
  const { text, place } = textAt(condition, 0);
  switch (operator) {
    case 'like':
    case 'ilike':
      return likePattern(operator, subject, text, place);
    case 'notLike':
      return not(likePattern('like', subject, text, place));
    default:
      requireText(subject, condition.place);
      return operation(TEXT_OPERATIONS[operator], [subject, literal(TEXT, text)]);
  }
}

const not = (expression: BoundExpression): BoundExpression => operation('not', [expression]);

function textAt(condition: Condition, index: number): { readonly text: string; readonly place: Place } {
  const { constant, place } = valueAt(condition, index);
  if (constant.kind === 'text') return { text: constant.text, place };
  throw refusal('type-mismatch', `"${condition.operator}" takes a text.`, place);
}

function valueAt(
  condition: Condition,
  index: number,
): { readonly constant: Constant; readonly place: Place } {
  const { value, place } = condition.values[index] as Condition['values'][number];
  return { constant: toConstant(value), place };
}

function toConstant(value: JsonScalar): Constant {
  if (typeof value === 'number') return { kind: 'number', digits: String(value) };
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  return { kind: 'text', text: value };
}
