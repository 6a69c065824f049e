import { SluiceError } from '@sluice/contracts';
import { LIMITS } from '../limits.js';
import { checkLimit, refusal } from '../refusal.js';
import { BinaryOperator, Expression, Place } from './expression.js';
import { readTypeName } from './read-type-name.js';
import { Token, tokenize } from './tokenize.js';

/** An expression and the name given with `as`, if any. */
export interface NamedExpression {
  readonly expression: Expression;
  readonly name: string | null;
}

/** Binding strength of the operators that stand between two operands; higher binds tighter. */
const STRENGTH: ReadonlyMap<string, number> = new Map(
  Object.entries({
    or: 1,
    and: 2,
    '=': 4,
    '<>': 4,
    '<': 4,
    '<=': 4,
    '>': 4,
    '>=': 4,
    '+': 5,
    '-': 5,
    '*': 6,
    '/': 6,
    '%': 6,
  }),
);
const NOT = 3;
const PREDICATE = 4;
const NEGATION = 7;

const KEYWORDS = new Set(
  'and or not case when then else end in between like is null true false as asc desc'.split(' '),
);

/** Parses `source`. `allowName` admits a closing `as name`. Throws `invalid-expression` with pointer and position. */
export function parseExpression(source: string, pointer: string, allowName = false): NamedExpression {
  checkLimit('expressionLength', source.length, 'The expression is too long', pointer);
  return new Parser(tokenize(source, pointer), pointer).parse(allowName);
}

/** Precedence climbing over the tokens; the grammar stands in docs/query-language.md. */
class Parser {
  private index = 0;
  private depth = 0;
  private operators = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly pointer: string,
  ) {}

  parse(allowName: boolean): NamedExpression {
    const expression = this.operand(0);
    const name = allowName && this.accept('as') ? this.name('a name after "as"').text : null;
    if (this.peek().kind !== 'end') throw this.unexpected('the end');
    return { expression, name };
  }

  private operand(strength: number): Expression {
    this.depth += 1;
    if (this.depth > LIMITS.depth) throw this.tooDeep();
    let left = this.prefix();
    for (;;) {
      const next = this.predicate(left, strength) ?? this.infix(left, strength);
      if (!next) break;
      left = next;
    }
    this.depth -= 1;
    return left;
  }

  private prefix(): Expression {
    const place = this.place();
    if (this.accept('not')) return { kind: 'not', operand: this.operand(NOT), place };
    if (this.accept('-')) return { kind: 'negate', operand: this.operand(NEGATION), place };
    if (this.accept('(')) {
      const inner = this.operand(0);
      this.expect(')');
      return inner;
    }
    if (this.accept('case')) return this.caseWhen(place);
    return this.literal(place) ?? this.nameOrCall(place);
  }

  private literal(place: Place): Expression | undefined {
    const token = this.peek();
    if (token.kind === 'number') return (this.take(), { kind: 'number', digits: token.text, place });
    if (token.kind === 'text') return (this.take(), { kind: 'text', text: token.text, place });
    if (this.accept('true')) return { kind: 'boolean', value: true, place };
    if (this.accept('false')) return { kind: 'boolean', value: false, place };
    if (this.accept('null')) return { kind: 'null', place };
    return undefined;
  }

  private nameOrCall(place: Place): Expression {
    const first = this.name('a column, a value or a function');
    if (this.accept('(')) return this.call(first.text.toLowerCase(), place);
    const path = [first.text];
    while (this.accept('.')) path.push(this.name('a column after "."').text);
    return { kind: 'column', path, place };
  }

  private call(name: string, place: Place): Expression {
    if (name === 'count' && this.accept('*')) {
      this.expect(')');
      return { kind: 'count-rows', place };
    }
    if (name === 'cast') return this.cast(place);
    const args = this.stands(')') ? [] : this.list();
    this.expect(')');
    return { kind: 'call', name, args, place };
  }

  private cast(place: Place): Expression {
    const operand = this.operand(0);
    this.expect('as');
    const at = this.place();
    const name = this.name('a type').text.toLowerCase();
    const type = readTypeName(name, this.accept('(') ? this.typeDigits() : [], at);
    this.expect(')');
    return { kind: 'cast', operand, type, place };
  }

  /** What stands in the brackets of a type, such as `12, 2`. */
  private typeDigits(): readonly string[] {
    const digits = [this.digits()];
    while (this.accept(',')) digits.push(this.digits());
    this.expect(')');
    return digits;
  }

  private digits(): string {
    const { kind, text } = this.peek();
    if (kind !== 'number' || !/^\d{1,9}$/.test(text)) throw this.unexpected('a whole number');
    return this.take().text;
  }

  /** The length of the expression bounds the list. */
  private list(): readonly Expression[] {
    const items = [this.operand(0)];
    while (this.accept(',')) items.push(this.operand(0));
    return items;
  }

  private caseWhen(place: Place): Expression {
    const branches = [];
    while (this.accept('when')) {
      const when = this.operand(0);
      this.expect('then');
      branches.push({ when, then: this.operand(0) });
    }
    if (branches.length === 0) throw this.unexpected('"when"');
    const otherwise = this.accept('else') ? this.operand(0) : null;
    this.expect('end');
    return { kind: 'case', branches, otherwise, place };
  }

  private infix(left: Expression, strength: number): Expression | undefined {
    const operator = this.peek().text.toLowerCase();
    const binds = this.isWordOrSymbol() ? STRENGTH.get(operator) : undefined;
    if (binds === undefined || binds <= strength) return undefined;
    const { place } = left;
    this.take();
    this.countOperator();
    return { kind: 'binary', operator: operator as BinaryOperator, left, right: this.operand(binds), place };
  }

  private predicate(operand: Expression, strength: number): Expression | undefined {
    if (strength >= PREDICATE) return undefined;
    const { place } = operand;
    if (this.accept('is')) {
      this.countOperator();
      const negated = this.accept('not');
      this.expect('null');
      return { kind: 'is-null', operand, negated, place };
    }
    const negated = this.isNegatedPredicate() && this.accept('not');
    if (['in', 'between', 'like'].some((word) => this.stands(word))) this.countOperator();
    if (this.accept('in')) {
      this.expect('(');
      const items = this.list();
      this.expect(')');
      return { kind: 'in', operand, items, negated, place };
    }
    if (this.accept('between')) {
      const low = this.operand(PREDICATE);
      this.expect('and');
      return { kind: 'between', operand, low, high: this.operand(PREDICATE), negated, place };
    }
    if (this.accept('like'))
      return { kind: 'like', operand, pattern: this.operand(PREDICATE), negated, place };
    return undefined;
  }

  private isNegatedPredicate(): boolean {
    const after = this.tokens[this.index + 1]?.text.toLowerCase() ?? '';
    return this.peek().text.toLowerCase() === 'not' && ['in', 'between', 'like'].includes(after);
  }

  private isWordOrSymbol(): boolean {
    return this.peek().kind === 'symbol' || this.peek().kind === 'name';
  }

  private peek(): Token {
    return this.tokens[this.index] as Token;
  }

  private take(): Token {
    const token = this.peek();
    this.index += 1;
    return token;
  }

  private countOperator(): void {
    this.operators += 1;
    checkLimit('expressionOperators', this.operators, 'The expression has too many operators', this.pointer);
  }

  private stands(word: string): boolean {
    return this.isWordOrSymbol() && this.peek().text.toLowerCase() === word;
  }

  private accept(word: string): boolean {
    if (!this.stands(word)) return false;
    this.index += 1;
    return true;
  }

  private expect(word: string): void {
    if (!this.accept(word)) throw this.unexpected(`"${word}"`);
  }

  private name(what: string): Token {
    const token = this.peek();
    if (token.kind !== 'name' || KEYWORDS.has(token.text.toLowerCase())) throw this.unexpected(what);
    return this.take();
  }

  private place(): Place {
    return { pointer: this.pointer, position: this.peek().position };
  }

  private unexpected(wanted: string): SluiceError {
    const { kind, text, position } = this.peek();
    const found = kind === 'end' ? 'the expression ends' : `"${text}" stands`;
    const message = `${wanted} is expected at character ${position + 1}, but ${found} there.`;
    return refusal('invalid-expression', message.charAt(0).toUpperCase() + message.slice(1), this.place());
  }

  private tooDeep(): SluiceError {
    return new SluiceError('limit-exceeded', `The expression is nested deeper than ${LIMITS.depth}.`, {
      ...this.place(),
      limit: { name: 'depth', value: LIMITS.depth },
    });
  }
}
