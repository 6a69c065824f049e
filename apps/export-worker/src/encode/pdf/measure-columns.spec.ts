import { OutputColumn } from '@sluice/contracts';
import { measureColumns } from './measure-columns.js';

const measure = {
  header: (text: string): number => text.length * 10,
  cell: (text: string): number => text.length * 10,
};
const column = (type: string, name = 'n'): OutputColumn => ({ name, type, masked: false });
const needsOf = (of: OutputColumn, values: readonly string[], isWhole = true) =>
  measureColumns(
    [of],
    values.map((value) => [value]),
    isWhole,
    measure,
  )[0];

/** Each character is 10 points wide, and each column has 10 points of padding. */
describe('what a column needs', () => {
  it('is the width of its longest line, and of its header', () => {
    expect(needsOf(column('text'), ['abcd', 'a\x1eabcdef', '\x1d'])).toEqual({ natural: 70, least: 70 });
    expect(needsOf(column('date', 'shipped'), ['2024'])).toEqual({ natural: 80, least: 80 });
    expect(needsOf(column('date', 'order_date'), ['2024'])).toEqual({ natural: 70, least: 70 });
  });

  it('is less for a long text, which can be wrapped, but not for anything else', () => {
    const long = 'x'.repeat(100);
    expect(needsOf(column('text'), [long])).toEqual({ natural: 250, least: 82 });
    expect(needsOf(column('timestamp'), [long])).toEqual({ natural: 1_010, least: 1_010 });
  });

  it('leaves room for longer numbers when there are more rows', () => {
    expect(needsOf(column('integer'), ['1'], false)?.natural).toBe(90);
    expect(needsOf(column('decimal(12,2)'), ['1.00'], false)?.natural).toBe(120);
    expect(needsOf(column('decimal(4,2)'), ['1.00'], false)?.natural).toBe(60);
    expect(needsOf(column('double'), ['1'], false)?.natural).toBe(130);
    expect(needsOf(column('integer'), ['1'])?.natural).toBe(34);
  });
});
