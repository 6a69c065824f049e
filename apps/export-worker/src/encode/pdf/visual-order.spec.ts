import { visualRuns } from './visual-order.js';

const runs = (line: string) => visualRuns(line).map(({ text, isReversed }) => (isReversed ? [text] : text));

/** Runs from left to right; those in brackets are read from right to left. */
describe('the order of a line', () => {
  it('leaves a line of one direction as it is', () => {
    expect(runs('abc 123')).toEqual(['abc 123']);
    expect(runs('שלום')).toEqual([['שלום']]);
  });

  it('puts numbers and foreign words where they are read', () => {
    expect(runs('abc שלום def')).toEqual(['abc ', ['שלום'], ' def']);
    expect(runs('שלום 123')).toEqual(['123', ['שלום ']]);
  });

  it('turns brackets round', () => {
    expect(runs('(שלום)')).toEqual([[')שלום(']]);
  });
});
