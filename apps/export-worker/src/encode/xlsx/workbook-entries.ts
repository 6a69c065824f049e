import { OutputColumn } from '@sluice/contracts';
import { ZipEntry } from '../../compress/zip-writer.js';
import { aboutSheet, AboutWorkbook } from './about-sheet.js';
import { columnWidths } from './column-widths.js';
import {
  APP_PROPERTIES,
  contentTypes,
  coreProperties,
  PACKAGE_RELATIONSHIPS,
  SheetPart,
  sheetPath,
  STYLES,
  workbook,
  workbookRelationships,
} from './package-parts.js';
import { ABOUT_SHEET, sheetName } from './sheet-names.js';
import { SheetRows } from './sheet-rows.js';
import { dataRange, sheetHead, sheetTail } from './sheet-xml.js';

/** Bytes of the first rows, by which columns get their widths. */
const SAMPLE_BYTES = 32 << 10;

export interface WorkbookContent {
  readonly about: Omit<AboutWorkbook, 'rows' | 'sheets'>;
  readonly rows: SheetRows;
  /** Called behind the last row; rejects where rows are missing, and the file then has no end. */
  readonly proveWhole: () => Promise<void>;
}

/**
 * The parts of a workbook in the order in which they can be written: what names the sheets comes behind them, since nobody knows before
 * how many there are. The first part is one by which programs tell a workbook from other ZIP files.
 */
export async function* workbookEntries({
  about,
  rows,
  proveWhole,
}: WorkbookContent): AsyncGenerator<ZipEntry, void, undefined> {
  const { dataset, columns } = about.plan;
  yield part('_rels/.rels', PACKAGE_RELATIONSHIPS);
  yield part('docProps/app.xml', APP_PROPERTIES);
  yield part('docProps/core.xml', coreProperties(about.made));
  yield part('xl/styles.xml', STYLES);
  const widths = columnWidths(columns, wholeLines(await rows.peek(SAMPLE_BYTES)));
  const sheets: SheetPart[] = [];
  do {
    const before = rows.count;
    const name = sheetName(dataset, sheets.length);
    yield { name: sheetPath(sheets.length), content: dataSheet(columns, widths, rows, sheets.length === 0) };
    sheets.push({ name, filtered: dataRange(columns.length, rows.count - before) });
  } while ((await rows.peek(1)).length > 0);
  await proveWhole();
  const facts = { ...about, rows: rows.count, sheets: sheets.length };
  yield part(sheetPath(sheets.length), aboutSheet(facts));
  sheets.push({ name: ABOUT_SHEET, filtered: null });
  yield part('xl/workbook.xml', workbook(sheets));
  yield part('xl/_rels/workbook.xml.rels', workbookRelationships(sheets.length));
  yield part('[Content_Types].xml', contentTypes(sheets.length));
}

const part = (name: string, xml: string): ZipEntry => ({ name, content: Buffer.from(xml) });

async function* dataSheet(
  columns: readonly OutputColumn[],
  widths: readonly number[],
  rows: SheetRows,
  isFirst: boolean,
): AsyncGenerator<Buffer, void, undefined> {
  const before = rows.count;
  yield Buffer.from(sheetHead(columns, widths, isFirst));
  yield* rows.nextSheet();
  yield Buffer.from(sheetTail(columns.length, rows.count - before));
}

function wholeLines(bytes: Buffer): string {
  return bytes.subarray(0, bytes.lastIndexOf('\n') + 1).toString();
}
