import { formatColumnType } from '@sluice/catalog';
import { SluiceError } from '@sluice/contracts';
import fc from 'fast-check';
import { Expression } from './expression.js';
import { parseExpression } from './parse-expression.js';

/** The tree with all its brackets. */
function show(expression: Expression): string {
  switch (expression.kind) {
    case 'column':
      return expression.path.join('.');
    case 'number':
      return expression.digits;
    case 'text':
      return `'${expression.text}'`;
    case 'boolean':
      return String(expression.value);
    case 'null':
      return 'null';
    case 'count-rows':
      return 'count(*)';
    case 'not':
    case 'negate':
      return `(${expression.kind} ${show(expression.operand)})`;
    case 'binary':
      return `(${show(expression.left)} ${expression.operator} ${show(expression.right)})`;
    case 'call':
      return `${expression.name}(${expression.args.map(show).join(', ')})`;
    case 'cast':
      return `cast(${show(expression.operand)} to ${formatColumnType(expression.type)})`;
    case 'case': {
      const branches = expression.branches.map(({ when, then }) => `${show(when)}: ${show(then)}`);
      return `case[${[...branches, ...(expression.otherwise ? [show(expression.otherwise)] : [])].join('; ')}]`;
    }
    case 'in':
      return `(${show(expression.operand)}${expression.negated ? ' not' : ''} in ${expression.items.map(show).join(' ')})`;
    case 'between':
      return `(${show(expression.operand)}${expression.negated ? ' not' : ''} between ${show(expression.low)} ${show(expression.high)})`;
    case 'like':
      return `(${show(expression.operand)}${expression.negated ? ' not' : ''} like ${show(expression.pattern)})`;
    case 'is-null':
      return `(${show(expression.operand)} is${expression.negated ? ' not' : ''} null)`;
  }
}

const parse = (source: string): string => show(parseExpression(source, '/select/0').expression);

function refused(source: string): SluiceError {
  try {
    parseExpression(source, '/select/0', true);
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error(`"${source}" was accepted`);
}

/** Operators between two operands, those that bind tighter later. */
const levels = [['or'], ['and'], ['=', '<>', '<', '<=', '>', '>='], ['+', '-'], ['*', '/', '%']];
const operators = levels.flatMap((level, strength) => level.map((operator) => ({ operator, strength })));
const keywords = 'and or not case when then else end in between like is null true false as asc desc'.split(
  ' ',
);

describe('parseExpression', () => {
  it('groups by strength, and from the left among equals', () => {
    for (const one of operators)
      for (const two of operators) {
        const tree =
          one.strength >= two.strength
            ? `((a ${one.operator} b) ${two.operator} c)`
            : `(a ${one.operator} (b ${two.operator} c))`;
        expect(parse(`a ${one.operator} b ${two.operator} c`)).toBe(tree);
        expect(parse(`A ${one.operator.toUpperCase()} b ${two.operator} c`)).toBe(tree.replace('a', 'A'));
      }
  });

  it('reads again what it has read, with all brackets written', () => {
    const leaf = fc.constantFrom(
      'a',
      'b.c',
      '1',
      '2.5',
      "'t''s'",
      'true',
      'false',
      'null',
      'count(*)',
      'f()',
    );
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc
          .tuple(tie('tree'), fc.constantFrom(...operators), tie('tree'))
          .map(([left, { operator }, right]) => `(${left} ${operator} ${right})`),
        tie('tree').map((operand) => `(not ${operand})`),
        fc.tuple(tie('tree'), tie('tree')).map((args) => `f(${args.join(', ')})`),
        fc.tuple(tie('tree'), fc.constantFrom('', ' not')).map(([left, not]) => `(${left} is${not} null)`),
      ),
    }));
    fc.assert(
      fc.property(tree, (source) => {
        expect(parse(source)).toBe(source.replaceAll("''", "'"));
      }),
    );
  });

  it.each([
    ['not not a', '(not (not a))'],
    ['- - a', '(negate (negate a))'],
    ['not a + b = c or d', '((not ((a + b) = c)) or d)'],
    ['not a is null', '(not (a is null))'],
    ['-a is null', '((negate a) is null)'],
    ['a + b is null', '((a + b) is null)'],
    ['a + b in (1)', '((a + b) in 1)'],
    ['a = b is null', '((a = b) is null)'],
    ['a = (b is null)', '(a = (b is null))'],
    ['a is null = b', '((a is null) = b)'],
    ['a between b + 1 and c * 2 or d', '((a between (b + 1) (c * 2)) or d)'],
    ['a NOT BETWEEN 1 AND 2', '(a not between 1 2)'],
    ['a not in (1) and not b', '((a not in 1) and (not b))'],
    ['CASE WHEN a THEN b ELSE c END', 'case[a: b; c]'],
    ['case when a then b end + 1', '(case[a: b] + 1)'],
    ['a.b . c', 'a.b.c'],
    ['f ( )', 'f()'],
    ['count(a)', 'count(a)'],
    ['orders + nothing', '(orders + nothing)'],
    ['TRUE or False or NULL', '((true or false) or null)'],
    ['1e3+1E+3-2.5e-1', '((1e3 + 1E+3) - 2.5e-1)'],
    ["''''", "''''".slice(0, 3)],
    ['a<=b', '(a <= b)'],
    ['\t a\n-\u00a0b ', '(a - b)'],
  ])('reads %j as it is meant', (source, tree) => {
    expect(parse(source)).toBe(tree);
  });

  it.each(keywords)('takes %s for no column, nor for a name', (word) => {
    expect(() => parse(`f(b.${word})`)).toThrow(SluiceError);
    expect(() => parseExpression(`a as ${word.toUpperCase()}`, '', true)).toThrow(SluiceError);
    expect(parse(`${word}_`)).toBe(`${word}_`);
  });

  /** Names that every JavaScript object knows are no operators. */
  it.each(['constructor', '__proto__', 'valueof', 'x'])('takes %s for no operator', (word) => {
    expect(refused(`a ${word} b`)).toMatchObject({
      message: `The end is expected at character 3, but "${word}" stands there.`,
      details: { position: 2 },
    });
  });

  it.each([
    ['a + b * c', '(a + (b * c))'],
    ['(a + b) * c', '((a + b) * c)'],
    ['a - b - c', '((a - b) - c)'],
    ['-a * b', '((negate a) * b)'],
    ['a or b and c', '(a or (b and c))'],
    ['not a = b and c', '((not (a = b)) and c)'],
    ['a != b', '(a <> b)'],
    ['a between 1 and 2 and b', '((a between 1 2) and b)'],
    ['a not in (1, 2) or b is not null', '((a not in 1 2) or (b is not null))'],
    ["name not like 'x%'", "(name not like 'x%')"],
    ["'it''s'", "'it's'"],
    ['SUM(quantity * unit_price) / COUNT(*)', '(sum((quantity * unit_price)) / count(*))'],
    ["case when a > 1 then 'x' when b then 'y' else null end", "case[(a > 1): 'x'; b: 'y'; null]"],
    ['customer.segment', 'customer.segment'],
    ['1.5e3 + .5', '(1.5e3 + .5)'],
    ['cast(a + 1 as integer) * 2', '(cast((a + 1) to integer) * 2)'],
    ['CAST(a AS Decimal( 12 , 2 ))', 'cast(a to decimal(12,2))'],
    ['cast(cast(a as text) as date)', 'cast(cast(a to text) to date)'],
    ['now() - cast', '(now() - cast)'],
    ['a between b and c between true and false', '((a between b c) between true false)'],
  ])('reads %s', (source, tree) => {
    expect(parse(source)).toBe(tree);
  });

  it('takes words of SQL that mean nothing here for columns', () => {
    expect(parse('select')).toBe('select');
  });

  it('takes a name after "as" where one may stand', () => {
    expect(parseExpression('sum(x) as total', '', true).name).toBe('total');
    expect(() => parseExpression('sum(x) as total', '')).toThrow(SluiceError);
  });

  it('ends with a tree or a SluiceError, whatever is thrown at it', () => {
    const words = fc.constantFrom(
      ..."a b.c 1 2.5 't' ( ) , . + - * / % = < >= <> and or not in is null between like case when then else end as sum( count(*) constructor __proto__ cast( decimal( date é \u0000 \"".split(
        ' ',
      ),
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (parts) => {
        try {
          parseExpression(parts.join(' '), '/p', true);
        } catch (error) {
          expect(error).toBeInstanceOf(SluiceError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
