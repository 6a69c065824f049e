import fc from 'fast-check';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { SheetRows } from './sheet-rows.js';

const SHEET = 3;
const linesOf = (rows: number): Buffer =>
  Buffer.from(
    Array.from({ length: rows }, (_, row) => `<row r="${2 + (row % SHEET)}">${'x'.repeat(row)}</row>\n`).join(
      '',
    ),
  );

async function sheetsOf(rows: SheetRows): Promise<string[]> {
  const sheets: string[] = [];
  do sheets.push((await buffer(rows.nextSheet())).toString());
  while ((await rows.peek(1)).length > 0);
  return sheets;
}

describe('rows, dealt out to sheets', () => {
  it('fill one sheet after another, however their bytes are cut', async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 11 }), cuts, fc.nat({ max: 60 }), async (count, lengths, peeked) => {
        const bytes = linesOf(count);
        const pieces: Buffer[] = [];
        let at = 0;
        for (const length of lengths) pieces.push(bytes.subarray(at, (at += length)));
        const rows = new SheetRows(
          Readable.from([...pieces, bytes.subarray(at)], { objectMode: false }),
          SHEET,
        );
        expect((await rows.peek(peeked)).length).toBeGreaterThanOrEqual(Math.min(peeked, bytes.length));
        const sheets = await sheetsOf(rows);
        expect(sheets.join('')).toBe(bytes.toString());
        expect(sheets.map((sheet) => sheet.split('\n').length - 1)).toEqual(
          Array.from({ length: Math.max(1, Math.ceil(count / SHEET)) }, (_, sheet) =>
            Math.min(SHEET, count - sheet * SHEET),
          ),
        );
        expect([rows.count, rows.isWhole(count), rows.isWhole(count + 1)]).toEqual([count, true, false]);
      }),
      { numRuns: 200 },
    );
  });

  it('are not whole while the last has no end, or more may come', async () => {
    const rows = new SheetRows(Readable.from([Buffer.from('<row r="2"></row>\n<row r="3">')]), SHEET);
    expect(rows.isWhole(0)).toBe(false);
    await sheetsOf(rows);
    expect([rows.count, rows.isWhole(1)]).toEqual([1, false]);
  });

  it('are refused where a sheet would not begin with its first row', async () => {
    const rows = new SheetRows(Readable.from([Buffer.from('<row r="3"></row>\n')]), SHEET);
    await expect(sheetsOf(rows)).rejects.toMatchObject({ code: 'export-incomplete' });
  });
});
