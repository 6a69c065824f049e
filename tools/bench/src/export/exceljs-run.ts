import { DuckDBDateValue, DuckDBDecimalValue, DuckDBTimestampTZValue, DuckDBValue } from '@duckdb/node-api';
import { stream, Worksheet } from 'exceljs';
import { openDirect, fileOf, statementOf, valuesOf } from './direct-run.js';
import { COLUMN_NAMES } from './sales.js';
import { SideRun } from './side-run.js';
import { ExportAsked } from './worker-run.js';

/** Past it a tenth of the rows is enough, since the time of a streaming writer grows with them. */
const PATIENCE_MS = 120_000;
const DAY_MS = 86_400_000;

/**
 * The same rows by exceljs' streaming writer into a plain file: typed cells, no shared strings, dates as dates, deflate level 1 as in ours;
 * read from the engine in chunks. Gives the seconds from the first chunk to the file's end.
 */
export async function runExceljs(asked: ExportAsked): Promise<SideRun> {
  const { instance, connection } = await openDirect(asked);
  const { sql, parameters } = statementOf(asked);
  const began = performance.now();
  const workbook = new stream.xlsx.WorkbookWriter({
    filename: fileOf(asked),
    useStyles: true,
    useSharedStrings: false,
    zip: { zlib: { level: 1 } },
  });
  const result = await connection.stream(sql, valuesOf(parameters));
  const tenth = Math.ceil(asked.rows / 10);
  const isTooSlow = (): boolean => performance.now() - began > PATIENCE_MS / 10;
  const { rows, isAll } = await writeRows(headedSheet(workbook), result.yieldRows(), tenth, isTooSlow);
  await workbook.commit();
  const seconds = (performance.now() - began) / 1_000;
  connection.closeSync();
  instance.closeSync();
  if (!isAll) return { seconds: (seconds * asked.rows) / rows, measured: rows };
  if (rows !== asked.rows) throw new Error(`The engine gave ${String(rows)} rows.`);
  return { seconds };
}

function headedSheet(workbook: stream.xlsx.WorkbookWriter): Worksheet {
  const sheet = workbook.addWorksheet('sales', { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.columns = COLUMN_NAMES.map((name) => {
    const numFmt = { sold_on: 'yyyy-mm-dd', sold_at: 'yyyy-mm-dd hh:mm:ss' }[name as string];
    return { header: name, width: 16, ...(numFmt ? { style: { numFmt } } : {}) };
  });
  return sheet;
}

/** Writes all rows, or the first tenth where that took too long for all; gives how many those were. */
async function writeRows(
  sheet: Worksheet,
  chunks: AsyncIterable<DuckDBValue[][]>,
  tenth: number,
  isTooSlow: () => boolean,
): Promise<{ readonly rows: number; readonly isAll: boolean }> {
  let [rows, isJudged] = [0, false];
  for await (const chunk of chunks) {
    for (const row of chunk) sheet.addRow(row.map(cellOf)).commit();
    rows += chunk.length;
    if (isJudged || rows < tenth) continue;
    if (isTooSlow()) {
      sheet.commit();
      return { rows, isAll: false };
    }
    isJudged = true;
  }
  sheet.commit();
  return { rows, isAll: true };
}

function cellOf(value: DuckDBValue): string | number | boolean | Date | null {
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (value instanceof DuckDBDateValue) return new Date(value.days * DAY_MS);
  if (value instanceof DuckDBTimestampTZValue) return new Date(Number(value.micros / 1_000n));
  return typeof value === 'bigint' ? Number(value) : (value as string | number | boolean | null);
}
