import { CsvOptions, SluiceError } from '@sluice/contracts';
import { quoteText } from './quote.js';

const DELIMITERS: readonly string[] = [',', ';', '|', '\t'];
const MAX_NULL_TEXT = 32;

/**
 * Wraps a query into the statement that writes its rows as CSV (RFC 4180). The inner text keeps its parameters.
 */
export function copyCsvStatement(sql: string, csv: CsvOptions, path: string): string {
  const options = [
    'format csv',
    'header true',
    `delimiter ${quoteText(csv.delimiter)}`,
    `nullstr ${quoteText(csv.nullText)}`,
    `new_line '\\r\\n'`,
    // A temporary name beside the pipe would be a plain file that nobody reads.
    'use_tmp_file false',
  ];
  return `copy (${sql}) to ${quoteText(path)} (${options.join(', ')})`;
}

/** Throws `invalid-request` for options that would make the file ambiguous. */
export function checkCsvOptions({ delimiter, nullText }: CsvOptions): void {
  if (!DELIMITERS.includes(delimiter)) {
    throw new SluiceError(
      'invalid-request',
      'The CSV delimiter must be a comma, a semicolon, a bar or a tab.',
    );
  }
  if (nullText.length > MAX_NULL_TEXT || /["\r\n\0]/.test(nullText) || nullText.includes(delimiter)) {
    throw new SluiceError(
      'invalid-request',
      `The CSV text for NULL must have at most ${MAX_NULL_TEXT} characters, none of them a quote, a line break or the delimiter.`,
    );
  }
}
