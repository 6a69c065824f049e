import { ColumnType, TEXT } from '@sluice/catalog';
import { BoundExpression, ColumnUse, OperationName } from '../binding/bound.js';
import { Parameter, ScalarValue } from '../statement.js';
import { Dialect } from './dialect.js';

/** Values go here and nowhere else: the text gets a placeholder. */
export class Parameters {
  readonly #list: Parameter[] = [];

  get list(): readonly Parameter[] {
    return this.#list;
  }

  add(type: ColumnType, value: ScalarValue | readonly ScalarValue[]): string {
    this.#list.push({ type, value });
    return `$${this.#list.length}`;
  }

  text(value: string): string {
    return this.add(TEXT, value);
  }
}

const LOGIC: readonly OperationName[] = ['and', 'or', 'not'];

/** Turns a tree into SQL. `resolve` may stand in for a node: for columns it must, for computed groups it may. */
export class ExpressionCompiler {
  /** How many operations, other than logic, stand around the node at hand. */
  private arguments = 0;

  constructor(
    private readonly dialect: Dialect,
    private readonly parameters: Parameters,
    private readonly columnSql: (column: ColumnUse) => string,
    private readonly computed: (expression: BoundExpression) => string | undefined = () => undefined,
  ) {}

  compile(expression: BoundExpression): string {
    const known = this.computed(expression);
    if (known !== undefined) return known;
    switch (expression.kind) {
      case 'column':
        return this.columnSql(expression);
      case 'literal':
        return this.literal(expression.type, expression.value);
      case 'operation':
        return this.dialect.operation(
          expression.name,
          this.operands(expression.name, expression.args),
          expression.type,
          expression.args.map(({ type }) => type),
        );
      case 'aggregate':
        return this.dialect.aggregate(expression.name, this.all(expression.args), expression.type);
      case 'in':
        // A list parameter: the text stays the same however long the list is.
        return this.member(expression);
      case 'case':
        return this.caseWhen(expression);
    }
  }

  private operands(name: OperationName, args: readonly BoundExpression[]): readonly string[] {
    if (LOGIC.includes(name)) return this.all(args);
    this.arguments += 1;
    const compiled = this.all(args);
    this.arguments -= 1;
    return compiled;
  }

  private member({ operand, values, localTo }: BoundExpression & { kind: 'in' }): string {
    const value = this.compile(operand);
    const list = this.parameters.add(operand.type, values);
    const instants = localTo === null ? list : this.dialect.instants(list, this.parameters.text(localTo));
    return this.dialect.member(value, instants, this.arguments > 0);
  }

  private all(expressions: readonly BoundExpression[]): readonly string[] {
    return expressions.map((expression) => this.compile(expression));
  }

  private literal(type: ColumnType, value: ScalarValue): string {
    return value === null ? `cast(null as ${this.dialect.typeName(type)})` : this.parameters.add(type, value);
  }

  private caseWhen(expression: BoundExpression & { kind: 'case' }): string {
    const branches = expression.branches.map(
      ({ when, then }) => ` when ${this.compile(when)} then ${this.compile(then)}`,
    );
    const otherwise = expression.otherwise ? ` else ${this.compile(expression.otherwise)}` : '';
    return `case${branches.join('')}${otherwise} end`;
  }
}
