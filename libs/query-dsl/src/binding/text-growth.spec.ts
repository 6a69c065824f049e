import { INTEGER, TEXT } from '@sluice/catalog';
import { SluiceError } from '@sluice/contracts';
import { BoundExpression, ColumnUse, OperationName } from './bound.js';
import { literal, operation } from './nodes.js';
import { checkTextGrowth } from './text-growth.js';

const column: ColumnUse = { kind: 'column', scan: 0, name: 't', type: TEXT, pointer: '' };
const text = (name: OperationName, ...args: readonly BoundExpression[]): BoundExpression =>
  operation(name, args, TEXT);
const replace = (value: BoundExpression, from: string, to: string): BoundExpression =>
  text('replace', value, literal(TEXT, from), literal(TEXT, to));
const times = (count: number): BoundExpression =>
  text('concat', ...Array.from({ length: count }, () => column));

function limitOf(expression: BoundExpression): unknown {
  try {
    checkTextGrowth(expression, { pointer: '/select/0' });
    return null;
  } catch (error) {
    return error instanceof SluiceError ? error.details.limit?.name : error;
  }
}

describe('the growth of a text', () => {
  it.each<[string, BoundExpression, unknown]>([
    ['a column 32 times', times(32), null],
    ['a column 33 times', times(33), 'textGrowth'],
    ['copies of copies', text('concat', times(16), times(17)), 'textGrowth'],
    ['one character for 32', replace(column, 'a', 'b'.repeat(32)), null],
    ['one character for 33', replace(column, 'a', 'b'.repeat(33)), 'textGrowth'],
    ['two characters for 65', replace(column, 'ab', 'b'.repeat(65)), 'textGrowth'],
    ['nothing for something, which leaves the text', replace(column, '', 'b'.repeat(99)), null],
    ['something for nothing', replace(times(32), 'a', ''), null],
    ['replacing again', replace(replace(column, 'a', 'b'.repeat(6)), 'b', 'c'.repeat(6)), 'textGrowth'],
    ['replacing what grew', replace(times(17), 'a', 'bb'), 'textGrowth'],
    ['other functions, which keep the length', text('lower', text('trim', times(32))), null],
    ['the largest of some texts', text('coalesce', times(32), times(3), literal(TEXT, 'a')), null],
    [
      'a branch of a case',
      {
        kind: 'case',
        branches: [{ when: literal(TEXT, 'w'), then: times(33) }],
        otherwise: null,
        type: TEXT,
      },
      'textGrowth',
    ],
    ['an aggregate of it', { kind: 'aggregate', name: 'min', args: [times(33)], type: TEXT }, 'textGrowth'],
    [
      'a cast, which is short',
      text('concat', ...Array.from({ length: 99 }, () => text('cast', column))),
      null,
    ],
    ['what is no text', operation('length', [replace(literal(TEXT, 'a'), 'a', 'b')], INTEGER), null],
    ['written text that grows', replace(literal(TEXT, 'a'.repeat(2_000)), 'a', 'b'.repeat(33)), 'textLength'],
    ['written text that fits', replace(literal(TEXT, 'a'.repeat(1_900)), 'a', 'b'.repeat(33)), null],
    [
      'written texts that add up',
      text('concat', literal(TEXT, 'a'.repeat(65_000)), literal(TEXT, 'b'.repeat(537))),
      'textLength',
    ],
  ])('of %s', (_, expression, limit) => {
    expect(limitOf(expression)).toBe(limit);
  });
});
