import { CsvOptions, SluiceError } from '@sluice/contracts';
import { CopyEncoding } from '../analytic-engine.js';
import { quoteText } from './quote.js';

const DELIMITERS: readonly string[] = [',', ';', '|', '\t'];
const MAX_NULL_TEXT = 32;

/** A row group is built in memory. The engine takes a bound in bytes only where it need not keep the order of insertion. */
const PARQUET = ['format parquet', 'compression zstd', 'row_group_size_bytes 8388608'] as const;

/** Wraps a query into the statement that writes its rows. The inner text keeps its parameters. */
export function copyStatement(sql: string, encoding: CopyEncoding, path: string): string {
  // A temporary name beside the pipe would be a plain file that nobody reads.
  const options = [...optionsOf(encoding), 'use_tmp_file false'];
  return `copy (${sql}) to ${quoteText(path)} (${options.join(', ')})`;
}

function optionsOf(encoding: CopyEncoding): readonly string[] {
  switch (encoding.kind) {
    case 'csv':
      return csvOptions(encoding.csv);
    case 'json':
      return ['format json', 'array true'];
    case 'ndjson':
      return ['format json', 'array false'];
    case 'parquet':
      return PARQUET;
    case 'lines':
      // Without a quote the engine writes text as it is, delimiter and line break included.
      return ['format csv', 'header false', `quote ''`, `escape ''`, `nullstr ''`, `new_line '\\n'`];
  }
}

function csvOptions({ delimiter, nullText }: CsvOptions): readonly string[] {
  return [
    'format csv',
    'header true',
    `delimiter ${quoteText(delimiter)}`,
    `nullstr ${quoteText(nullText)}`,
    `new_line '\\r\\n'`,
  ];
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
