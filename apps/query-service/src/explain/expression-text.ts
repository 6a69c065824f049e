import { formatColumnType } from '@sluice/catalog';
import { BoundExpression, GovernedQuery, ScalarValue } from '@sluice/query-dsl';

type Operation = BoundExpression & { readonly kind: 'operation' };

const INFIX: Readonly<Partial<Record<Operation['name'], string>>> = {
  eq: '=',
  ne: '<>',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  and: 'and',
  or: 'or',
  like: 'like',
  add: '+',
  subtract: '-',
  multiply: '*',
  divide: '/',
  modulo: '%',
};

/** Longer lists are cut: an explanation is for people. */
const MOST_VALUES = 20;

/** Writes an expression of a plan in the words of the query language. */
export class ExpressionText {
  constructor(private readonly query: Pick<GovernedQuery, 'scans'>) {}

  of(expression: BoundExpression): string {
    switch (expression.kind) {
      case 'column':
        return [...this.path(expression.scan), expression.name].join('.');
      case 'literal':
        return literalText(expression.value);
      case 'aggregate':
        return expression.name === 'count_rows' ? 'count(*)' : this.call(expression.name, expression.args);
      case 'in':
        return `(${this.of(expression.operand)} in (${valuesText(expression.values)}))`;
      case 'case': {
        const branches = expression.branches.map(
          ({ when, then }) => ` when ${this.of(when)} then ${this.of(then)}`,
        );
        const otherwise = expression.otherwise ? ` else ${this.of(expression.otherwise)}` : '';
        return `case${branches.join('')}${otherwise} end`;
      }
      case 'operation':
        return this.operation(expression);
    }
  }

  /** The relations that lead to a scan. */
  path(scan: number): readonly string[] {
    const via = this.query.scans[scan]?.via;
    return via ? [...this.path(via.scan), via.relation.name] : [];
  }

  private operation({ name, args, type }: Operation): string {
    const infix = INFIX[name];
    if (infix !== undefined) return `(${args.map((arg) => this.of(arg)).join(` ${infix} `)})`;
    const [first] = args as readonly [BoundExpression];
    switch (name) {
      case 'not':
        return `(not ${this.of(first)})`;
      case 'negate':
        return `(-${this.of(first)})`;
      case 'is-null':
        return `(${this.of(first)} is null)`;
      case 'convert':
        return `cast(${this.of(first)} as ${formatColumnType(type)})`;
      // What a comparison became whose value lies outside of the type.
      case 'never':
      case 'always':
        return `(${name === 'never' ? 'false' : 'true'} for ${this.of(first)})`;
      case 'local-to-instant':
        return this.of(first);
      // The last argument is the query's own zone.
      case 'date_trunc':
      case 'date_part':
        return this.call(name, args.slice(0, 2));
      default:
        return this.call(name, args);
    }
  }

  private call(name: string, args: readonly BoundExpression[]): string {
    return `${name}(${args.map((arg) => this.of(arg)).join(', ')})`;
  }
}

function valuesText(values: readonly ScalarValue[]): string {
  const shown = values.slice(0, MOST_VALUES).map(literalText);
  return [...shown, ...(values.length > MOST_VALUES ? ['…'] : [])].join(', ');
}

function literalText(value: ScalarValue): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}
