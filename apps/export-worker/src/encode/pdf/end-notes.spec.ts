import { endNotes } from './end-notes.js';

describe('the end of a table', () => {
  it('tells rows, and only what there is to tell', () => {
    expect(endNotes({ rows: 0, cut: 0, missing: 0 })).toEqual(['The table has no rows.']);
    expect(endNotes({ rows: 1, cut: 0, missing: 0 })).toEqual(['End of the table: 1 row.']);
    expect(endNotes({ rows: 1_200, cut: 1, missing: 3 })).toEqual([
      'End of the table: 1,200 rows.',
      'Too long for its cell, so that it ends in “…”: 1 text.',
      'Not in the font, so shown as “\ufffd”, but whole when copied: 3 different characters.',
    ]);
  });
});
