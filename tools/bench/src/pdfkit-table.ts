import { FIELD_SIGNS } from '@sluice/query-dsl';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import PDFDocument from 'pdfkit';

const [MARGIN, FONT_SIZE, ROW_HEIGHT] = [36, 8, 15];
const FONT = 'dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf';

/** The same rows as a table of pdfkit, one `text()` for each cell: no wrapping, no header, no shades. Resolves with the bytes of the file. */
export async function drawWithPdfkit(lines: Readable): Promise<number> {
  const document = new PDFDocument({ size: 'A4', layout: 'landscape', margin: MARGIN });
  document.font(require.resolve(FONT)).fontSize(FONT_SIZE);
  let bytes = 0;
  document.on('data', (piece: Buffer) => (bytes += piece.length));
  const { width, height } = document.page;
  let top = MARGIN;
  for await (const line of createInterface({ input: lines, crlfDelay: Infinity })) {
    if (top + ROW_HEIGHT > height - MARGIN) {
      document.addPage();
      top = MARGIN;
    }
    const fields = line.split(FIELD_SIGNS.separator);
    const column = (width - 2 * MARGIN) / fields.length;
    fields.forEach((field, index) => {
      document.text(field, MARGIN + index * column, top, { width: column, lineBreak: false });
    });
    top += ROW_HEIGHT;
  }
  document.end();
  await finished(document);
  return bytes;
}
