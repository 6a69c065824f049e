import { BOOLEAN, ColumnType, decimalType, DOUBLE, formatColumnType, INTEGER, TEXT } from '@sluice/catalog';
import { checkLimit, refusal } from '../refusal.js';
import { BinaryOperator, Expression, Place } from '../syntax/expression.js';
import { BoundExpression, ComparisonName } from './bound.js';
import { bindCast } from './cast.js';
import { compareWithConstant, membersOf } from './compare.js';
import { bindCall } from './functions/bind-call.js';
import { modulo } from './functions/numeric-functions.js';
import { Frame } from './frame.js';
import { convert, literal, operation } from './nodes.js';
import { arithmeticType, digitsOf, isNumeric } from './numeric.js';
import { isIn, likePattern, rangeOf } from './predicates.js';
import { checkTextGrowth } from './text-growth.js';
import { checkTreeSize } from './tree-size.js';
import { unify } from './unify.js';
import { bindNumber, constantIn } from './written-values.js';

const COMPARISONS: Partial<Record<BinaryOperator, ComparisonName>> = {
  '=': 'eq',
  '<>': 'ne',
  '<': 'lt',
  '<=': 'lte',
  '>': 'gt',
  '>=': 'gte',
};

const MIRRORED: Readonly<Record<ComparisonName, ComparisonName>> = {
  eq: 'eq',
  ne: 'ne',
  lt: 'gt',
  lte: 'gte',
  gt: 'lt',
  gte: 'lte',
};

/** Gives an expression its names and types. Throws with pointer, position and, for a misspelt name, a suggestion. */
export class ExpressionBinder {
  constructor(
    readonly frame: Frame,
    /** Names of selected items, which `sort` and `having` may use in place of their expressions. */
    private readonly aliases: ReadonlyMap<string, BoundExpression> = new Map(),
  ) {}

  bind(expression: Expression): BoundExpression {
    const bound = this.bindNode(expression);
    checkTreeSize(bound, expression.place);
    checkTextGrowth(bound, expression.place);
    return bound;
  }

  private bindNode(expression: Expression): BoundExpression {
    switch (expression.kind) {
      case 'column':
        return (
          this.aliasOf(expression.path, expression.place) ??
          this.frame.scope.lookUp(expression.path, expression.place)
        );
      case 'number':
        return bindNumber(expression.digits, expression.place);
      case 'text':
        checkLimit('textLength', expression.text.length, 'The text is too long', expression.place.pointer);
        return literal(TEXT, expression.text);
      case 'boolean':
        return literal(BOOLEAN, expression.value);
      case 'null':
        return literal(TEXT, null);
      case 'not':
        return operation('not', [this.condition(expression.operand)]);
      case 'negate':
        return this.negate(expression.operand, expression.place);
      case 'binary':
        return this.binary(expression.operator, expression.left, expression.right, expression.place);
      case 'call':
        return this.call(expression);
      case 'cast':
        return bindCast(
          this.bind(expression.operand),
          expression.type,
          expression.place,
          this.frame.timezone,
        );
      case 'count-rows':
        return { kind: 'aggregate', name: 'count_rows', args: [], type: INTEGER };
      case 'case':
        return this.caseWhen(expression);
      case 'in':
        return negatedIf(expression.negated, this.isMember(expression.operand, expression.items));
      case 'between':
        return negatedIf(expression.negated, this.between(expression));
      case 'like':
        return negatedIf(expression.negated, this.like(expression.operand, expression.pattern));
      case 'is-null':
        return negatedIf(expression.negated, operation('is-null', [this.bind(expression.operand)]));
    }
  }

  /** An expression that must be true or false. */
  condition(expression: Expression): BoundExpression {
    const bound = this.bind(expression);
    if (bound.type.kind === 'boolean') return bound;
    const message = `A condition is needed here, but this is ${formatColumnType(bound.type)}.`;
    throw refusal('type-mismatch', message, expression.place);
  }

  private call({ name, args, place }: Expression & { kind: 'call' }): BoundExpression {
    return bindCall({
      name,
      args: args.map((arg) => this.bind(arg)),
      place,
      places: args.map((arg) => arg.place),
      frame: this.frame,
    });
  }

  /** A selected column that is used again by its alias is a use of its own, at its own place. */
  private aliasOf(path: readonly string[], { pointer }: Place): BoundExpression | undefined {
    const known = path.length === 1 ? this.aliases.get(path[0] ?? '') : undefined;
    return known?.kind === 'column' ? { ...known, pointer } : known;
  }

  private negate(operand: Expression, place: Place): BoundExpression {
    if (operand.kind === 'number') return bindNumber(`-${operand.digits}`, place);
    const bound = this.number(operand);
    return operation('negate', [bound], bound.type);
  }

  private binary(
    operator: BinaryOperator,
    left: Expression,
    right: Expression,
    place: Place,
  ): BoundExpression {
    if (operator === 'and' || operator === 'or')
      return operation(operator, [this.condition(left), this.condition(right)]);
    const comparison = COMPARISONS[operator];
    if (comparison) return this.compare(comparison, left, right, place);
    const args = [this.number(left), this.number(right)] as const;
    if (operator === '/')
      return operation(
        'divide',
        args.map((arg) => convert(arg, DOUBLE)),
        DOUBLE,
      );
    return this.arithmetic(ARITHMETIC[operator as keyof typeof ARITHMETIC], args, place);
  }

  private arithmetic(
    name: 'add' | 'subtract' | 'multiply' | 'modulo',
    args: readonly [BoundExpression, BoundExpression],
    place: Place,
  ): BoundExpression {
    if (name === 'modulo') return modulo(args, '"%"', { place, frame: this.frame });
    const type = arithmeticType(name, args[0].type, args[1].type);
    return operation(
      name,
      type.kind === 'double' ? args.map((arg) => convert(arg, DOUBLE)) : widened(args, type),
      type,
    );
  }

  private compare(name: ComparisonName, left: Expression, right: Expression, place: Place): BoundExpression {
    if (left.kind === 'null' || right.kind === 'null') {
      throw refusal('invalid-expression', 'Nothing compares with null: use "is null".', place);
    }
    const [leftConstant, rightConstant] = [constantIn(left), constantIn(right)];
    if (rightConstant && !leftConstant) {
      return compareWithConstant(name, this.bind(left), rightConstant, right.place, this.frame.timezone);
    }
    if (leftConstant && !rightConstant) {
      return compareWithConstant(
        MIRRORED[name],
        this.bind(right),
        leftConstant,
        left.place,
        this.frame.timezone,
      );
    }
    const operands = unify([this.bind(left), this.bind(right)], 'A comparison', place, this.frame.timezone);
    return operation(name, operands);
  }

  private isMember(operand: Expression, items: readonly Expression[]): BoundExpression {
    const subject = this.bind(operand);
    const constants = items.map((item) => {
      const constant = constantIn(item);
      if (!constant) throw refusal('invalid-expression', 'A list holds written values only.', item.place);
      return { constant, place: item.place };
    });
    return isIn(subject, membersOf(subject.type, constants, this.frame.timezone));
  }

  private between({ operand, low, high, place }: Expression & { kind: 'between' }): BoundExpression {
    return rangeOf(this.compare('gte', operand, low, place), this.compare('lte', operand, high, place));
  }

  private like(operand: Expression, pattern: Expression): BoundExpression {
    if (pattern.kind !== 'text')
      throw refusal('invalid-expression', 'A pattern is written in quotes.', pattern.place);
    return likePattern('like', this.bind(operand), pattern.text, pattern.place);
  }

  private caseWhen(expression: Expression & { kind: 'case' }): BoundExpression {
    const whens = expression.branches.map(({ when }) => this.condition(when));
    const thens = expression.branches.map(({ then }) => this.bind(then));
    const otherwise = expression.otherwise ? [this.bind(expression.otherwise)] : [];
    const values = unify([...thens, ...otherwise], '"case"', expression.place, this.frame.timezone);
    const branches = whens.map((when, index) => ({ when, then: values[index] as BoundExpression }));
    return { kind: 'case', branches, otherwise: values[whens.length] ?? null, type: values[0]?.type ?? TEXT };
  }

  private number(expression: Expression): BoundExpression {
    const bound = this.bind(expression);
    if (isNumeric(bound.type)) return bound;
    const message = `A number is needed here, but this is ${formatColumnType(bound.type)}.`;
    throw refusal('type-mismatch', message, expression.place);
  }
}

/** Digits of the engine's decimals of 64 bits, within which it stays while both operands have no more. */
const NARROW_DIGITS = 18;

/** Operands of which the engine makes the whole result: it would overflow at 18 digits where both operands have at most 18. */
function widened(
  [left, right]: readonly [BoundExpression, BoundExpression],
  type: ColumnType,
): readonly BoundExpression[] {
  const isNarrow = [left, right].every(
    (arg) => arg.type.kind === 'decimal' && arg.type.precision <= NARROW_DIGITS,
  );
  if (type.kind !== 'decimal' || type.precision <= NARROW_DIGITS || !isNarrow) return [left, right];
  return [convert(left, decimalType(NARROW_DIGITS + 1, digitsOf(left.type).scale)), right];
}

const ARITHMETIC = { '+': 'add', '-': 'subtract', '*': 'multiply', '%': 'modulo' } as const;

const negatedIf = (negated: boolean, expression: BoundExpression): BoundExpression =>
  negated ? operation('not', [expression]) : expression;
