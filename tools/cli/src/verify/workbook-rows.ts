import { Readable } from 'node:stream';
import { zipEntries } from './zip-entries.js';

const SHEET = /^xl\/worksheets\/sheet(\d+)\.xml$/;
const ROW = '<row';
/** What may follow: another element's name could begin alike. */
const BEHIND_ROW: ReadonlySet<number> = new Set(
  [' ', '>', '/', '\n', '\r', '\t'].map((sign) => sign.charCodeAt(0)),
);
const END = '</worksheet>';

/** Rows of a workbook: those of all its sheets without their headers; the last sheet only tells about the file. */
export async function workbookRows(file: string): Promise<number> {
  const sheets: { readonly number: number; readonly rows: number }[] = [];
  for await (const { name, open } of zipEntries(file)) {
    // All of it is read, so that all of it is proven to be what it was.
    const rows = await sheetRows(name, await open());
    const number = SHEET.exec(name)?.[1];
    if (number !== undefined) sheets.push({ number: Number(number), rows });
  }
  const last = Math.max(...sheets.map(({ number }) => number));
  const data = sheets.filter(({ number }) => number !== last);
  if (data.length === 0) throw new Error('it has no sheet with rows');
  return data.reduce((sum, { rows }) => sum + rows - 1, 0);
}

/** `<` stands in XML for nothing but a tag, so that a row's can be told by its bytes. */
async function sheetRows(name: string, xml: Readable): Promise<number> {
  let [rows, kept, end] = [0, Buffer.alloc(0), ''];
  for await (const piece of xml as AsyncIterable<Buffer>) {
    const bytes = Buffer.concat([kept, piece]);
    rows += tagsIn(bytes);
    kept = bytes.subarray(-ROW.length);
    end = (end + piece.subarray(-END.length).toString('latin1')).slice(-END.length);
  }
  if (SHEET.test(name) && end !== END) throw new Error(`its sheet ${name} was cut`);
  return rows;
}

/** Counts those whose next byte is there too: a tag at the very end is found again with what follows. */
function tagsIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(ROW); at >= 0; at = bytes.indexOf(ROW, at + 1)) {
    if (BEHIND_ROW.has(bytes[at + ROW.length] ?? -1)) count += 1;
  }
  return count;
}
