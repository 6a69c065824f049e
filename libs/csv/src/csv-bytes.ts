import { CsvOptions } from '@sluice/contracts';
import { stringify, type Options } from 'csv-stringify/sync';
import { CsvColumn, CsvRow } from './csv-table.js';
import { FieldText, fieldTexts, headerText } from './value-text.js';

/** Characters that are written at once. */
const PIECE_LENGTH = 65_536;
/** A row of little text still costs memory. */
const PIECE_ROWS = 1_024;
const BOM = '\uFEFF';

export interface CsvFile {
  readonly columns: readonly CsvColumn[];
  readonly csv: CsvOptions;
  /** IANA name of the zone that instants are written in. */
  readonly timezone: string;
}

/**
 * A CSV file (RFC 4180, UTF-8, CRLF, with a header) of typed rows, for sources that cannot write one: to the byte what the engine's own
 * COPY makes of the same rows (`row-csv.integration.spec.ts` of the export worker compares them).
 *
 * Rows are taken as the file is read and never held but for a piece of 64 Ki characters. Ends with the source's error where that fails;
 * throws a TypeError for a value that is none of its column's type and a RangeError for a row of another length or an unknown zone. That
 * it ended does not tell that the source was whole: count what came.
 */
export async function* csvBytes(
  rows: AsyncIterable<CsvRow> | Iterable<CsvRow>,
  { columns, csv, timezone }: CsvFile,
): AsyncGenerator<Buffer, void, undefined> {
  const rules = { timezone, rawText: csv.rawText };
  const options = stringifyOptions(csv);
  const fields = columns.map((column) => fieldTexts(column, rules));
  const header = stringify([columns.map(({ name }) => headerText(name, rules))], options);
  yield Buffer.from(`${csv.bom ? BOM : ''}${header}`);
  for await (const piece of piecesOf(rows, fields)) yield Buffer.from(stringify(piece, options));
}

type TextRow = (string | null)[];

/** Rows as texts, so many of them as make a piece. */
async function* piecesOf(
  rows: AsyncIterable<CsvRow> | Iterable<CsvRow>,
  fields: readonly FieldText[],
): AsyncGenerator<TextRow[], void, undefined> {
  let [piece, length]: [TextRow[], number] = [[], 0];
  for await (const row of rows) {
    const texts = textRow(row, fields);
    piece.push(texts);
    for (const text of texts) length += text?.length ?? 0;
    if (length < PIECE_LENGTH && piece.length < PIECE_ROWS) continue;
    yield piece;
    [piece, length] = [[], 0];
  }
  if (piece.length > 0) yield piece;
}

function textRow(row: CsvRow, fields: readonly FieldText[]): TextRow {
  if (row.length !== fields.length) {
    throw new RangeError(`A row has ${row.length} values; the file has ${fields.length} columns.`);
  }
  return fields.map((textOf, index) => textOf(row[index] ?? null));
}

/** What COPY quotes: delimiter, quote and line break, the sign of a comment, and a text that would read as NULL. */
function stringifyOptions({ delimiter, nullText }: CsvOptions): Options {
  const likeNull = new RegExp(`^${nullText.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)}$`);
  const written = { delimiter, record_delimiter: '\r\n', quoted_match: ['\r', '\n', '#', likeNull] };
  if (nullText === '') return written;
  return { ...written, cast: { null: () => ({ value: nullText, quoted_match: null }) } };
}
