import fc from 'fast-check';
import { ColumnNeed, planColumns } from './plan-columns.js';

const [UPRIGHT, TURNED] = [500, 750];
const need = (natural: number, least = natural): ColumnNeed => ({ natural, least });
const widths = (needs: readonly ColumnNeed[]): readonly number[] =>
  planColumns(needs, UPRIGHT, TURNED)
    .groups.flat()
    .map(({ width }) => Math.round(width));
const indices = (needs: readonly ColumnNeed[]): readonly (readonly number[])[] =>
  planColumns(needs, UPRIGHT, TURNED).groups.map((group) => group.map(({ index }) => index));

describe('the plan of columns', () => {
  it('keeps the page upright when nothing has to be wrapped, and fills it', () => {
    const needs = [need(100), need(150)];
    expect(planColumns(needs, UPRIGHT, TURNED).isTurned).toBe(false);
    expect(widths(needs)).toEqual([200, 300]);
  });

  it('turns the page when it is too narrow', () => {
    const needs = [need(300), need(300)];
    expect(planColumns(needs, UPRIGHT, TURNED).isTurned).toBe(true);
    expect(widths(needs)).toEqual([375, 375]);
  });

  it('wraps the longest texts before any other', () => {
    expect(widths([need(100), need(90, 60), need(900, 60), need(700, 60)])).toEqual([100, 90, 280, 280]);
  });

  it('splits what does not fit, evenly, with a narrow first column on each page', () => {
    expect(indices([need(50), ...Array.from({ length: 8 }, () => need(200))])).toEqual([
      [0, 1, 2, 3],
      [0, 4, 5, 6],
      [0, 7, 8],
    ]);
    expect(indices(Array.from({ length: 4 }, () => need(300)))).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('shows every column of any table, in order, within the page', () => {
    const anyNeed = fc
      .record({ least: fc.integer({ min: 24, max: 400 }), more: fc.integer({ min: 0, max: 900 }) })
      .map(({ least, more }) => need(least + more, least));
    fc.assert(
      fc.property(fc.array(anyNeed, { minLength: 1, maxLength: 200 }), (needs) => {
        const { isTurned, groups } = planColumns(needs, UPRIGHT, TURNED);
        const shown = groups.flatMap((group, at) =>
          group.map(({ index }) => index).filter((index) => at === 0 || index > 0),
        );
        expect(shown).toEqual(needs.map((_, index) => index));
        for (const group of groups) {
          let right = 0;
          for (const { left, width } of group) {
            expect(left).toBeCloseTo(right, 6);
            expect(width).toBeGreaterThan(23);
            right = left + width;
          }
          expect(right).toBeLessThanOrEqual((isTurned ? TURNED : UPRIGHT) + 1e-6);
        }
      }),
    );
  });
});
