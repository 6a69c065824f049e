import { SluiceError } from '@sluice/contracts';
import { parseExpression } from './parse-expression.js';

function refused(source: string): SluiceError {
  try {
    parseExpression(source, '/select/0', true);
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error(`"${source}" was accepted`);
}

describe('what is wrong with an expression', () => {
  it.each([
    ['sum(price', '")" is expected at character 10, but the expression ends there.', 9],
    ['a +', 'A column, a value or a function is expected at character 4, but the expression ends there.', 3],
    ['a b', 'The end is expected at character 3, but "b" stands there.', 2],
    ["'open", 'A text is not closed at character 1.', 0],
    ['a; drop', '";" is not expected at character 2.', 1],
    ['"quoted"', '""" is not expected at character 1.', 0],
    ['case else 1 end', '"when" is expected at character 6, but "else" stands there.', 5],
    ['cast(a)', '"as" is expected at character 7, but ")" stands there.', 6],
    ['cast(a as', 'A type is expected at character 10, but the expression ends there.', 9],
    ['cast(a as date', '")" is expected at character 15, but the expression ends there.', 14],
    ['cast(a as decimal(5.5,2))', 'A whole number is expected at character 19, but "5.5" stands there.', 18],
    ['cast(a as decimal(5', '")" is expected at character 20, but the expression ends there.', 19],
    ['cast(a as decimal(39,2))', 'A decimal is written decimal(p,s), with 0 <= s <= p and 1 <= p <= 38.', 10],
    ['cast(a as decimal)', 'A decimal is written decimal(p,s), with 0 <= s <= p and 1 <= p <= 38.', 10],
    ['cast(a as text(5))', 'The type text takes no numbers.', 10],
    ['case when a b', '"then" is expected at character 13, but "b" stands there.', 12],
    ['case when a then b', '"end" is expected at character 19, but the expression ends there.', 18],
    ['a in 1', '"(" is expected at character 6, but "1" stands there.', 5],
    ['a in (1', '")" is expected at character 8, but the expression ends there.', 7],
    ['a is 1', '"null" is expected at character 6, but "1" stands there.', 5],
    ['a between 1 or 2', '"and" is expected at character 13, but "or" stands there.', 12],
    ['(a', '")" is expected at character 3, but the expression ends there.', 2],
    ['sum(*)', 'A column, a value or a function is expected at character 5, but "*" stands there.', 4],
    ['count(*', '")" is expected at character 8, but the expression ends there.', 7],
    ['a.', 'A column after "." is expected at character 3, but the expression ends there.', 2],
    ['a as 1', 'A name after "as" is expected at character 6, but "1" stands there.', 5],
    ['a not b', 'The end is expected at character 3, but "not" stands there.', 2],
    ['f(a,)', 'A column, a value or a function is expected at character 5, but ")" stands there.', 4],
    ["  a  'b'", 'The end is expected at character 6, but "b" stands there.', 5],
    ['', 'A column, a value or a function is expected at character 1, but the expression ends there.', 0],
    ['a  ? b', '"?" is not expected at character 4.', 3],
  ])('says where %s is wrong', (source, message, position) => {
    const error = refused(source);
    expect(error.code).toBe('invalid-expression');
    expect(error.message).toBe(message);
    expect(error.details).toEqual({ pointer: '/select/0', position });
  });

  it('names the type that was probably meant', () => {
    const { message, details } = refused('cast(a as timestmp)');
    expect(message).toBe(
      'There is no type "timestmp"; there are text, integer, decimal, double, boolean, date, timestamp. Did you mean "timestamp"?',
    );
    expect(details).toEqual({ pointer: '/select/0', position: 10, suggestion: 'timestamp' });
  });

  it.each(['a is null', "a like 'x'", 'a in (1)', 'a between 1 and 2'])(
    'counts the predicates of %s',
    (start) => {
      const rest = start.slice(1);
      expect(() => parseExpression(`a${rest.repeat(80)}`, '')).not.toThrow();
      expect(refused(`a${rest.repeat(81)}`).details.limit).toEqual({
        name: 'expressionOperators',
        value: 80,
      });
    },
  );

  it('bounds length and depth, naming the limit', () => {
    expect(refused('a+'.repeat(2_001)).details.limit).toEqual({ name: 'expressionLength', value: 4_000 });
    expect(refused(`${'('.repeat(40)}a${')'.repeat(40)}`).details.limit).toEqual({
      name: 'depth',
      value: 32,
    });
    expect(refused(`${'a+'.repeat(81)}a`).details.limit).toEqual({
      name: 'expressionOperators',
      value: 80,
    });
    expect(refused('not '.repeat(40) + 'a').details.limit).toEqual({ name: 'depth', value: 32 });
  });
});
