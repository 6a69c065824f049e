import { FIELD_SIGNS } from '@sluice/query-dsl';
import fc from 'fast-check';
import { FieldLines } from './field-lines.js';

describe('FieldLines', () => {
  it('finds the rows of any text, wherever its bytes are cut', () => {
    const field = fc.string({
      unit: fc.constantFrom('a', 'ä', '日', '😀', '\x1d', '\x1e', ' '),
      maxLength: 5,
    });
    const rows = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 10 });
    fc.assert(
      fc.property(rows, fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 60 }), (table, cuts) => {
        const bytes = Buffer.from(table.map((row) => `${row.join(FIELD_SIGNS.separator)}\n`).join(''));
        const lines = new FieldLines();
        const found: (readonly string[])[] = [];
        let at = 0;
        for (const cut of [...cuts, bytes.length]) {
          found.push(...lines.push(bytes.subarray(at, at + cut)));
          at += cut;
        }
        expect(found).toEqual(table);
        expect(lines.isComplete).toBe(true);
      }),
    );
  });

  it('tells that the last row has no end', () => {
    const lines = new FieldLines();
    expect(lines.push(Buffer.from('a\nb'))).toEqual([['a']]);
    expect(lines.isComplete).toBe(false);
  });
});
