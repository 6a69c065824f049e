import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { guessDelimiter } from './guess-delimiter.js';
import { ImportError } from './import-error.js';
import { quoteText } from '../duckdb/quote.js';

export type FileFormat = 'CSV' | 'JSON' | 'NDJSON' | 'Parquet';

export interface SourceFile {
  /** Absolute. */
  readonly path: string;
  readonly format: FileFormat;
  readonly gzipped: boolean;
  /** Of a CSV file; empty for others. */
  readonly delimiter: string;
}

const FORMATS: Readonly<Record<string, FileFormat>> = {
  csv: 'CSV',
  tsv: 'CSV',
  json: 'JSON',
  ndjson: 'NDJSON',
  jsonl: 'NDJSON',
  parquet: 'Parquet',
};
const NAME = /\.(csv|tsv|json|ndjson|jsonl|parquet)(\.gz)?$/i;

/**
 * Looks at a file before the engine does. Throws an ImportError when it is not there, is of no known kind, or is a gzip file that breaks
 * off: the engine would take its first part for all of it.
 */
export async function inspectFile(file: string, signal: AbortSignal): Promise<SourceFile> {
  const path = resolve(file);
  const found = await stat(path).catch((cause: unknown) => {
    throw new ImportError(`The file ${file} cannot be read: ${reasonOf(cause)}.`, { cause });
  });
  if (!found.isFile()) throw new ImportError(`${file} is not a file.`);
  if (found.size === 0) throw new ImportError(`The file ${basename(file)} is empty.`);
  const [, extension = '', gz] = NAME.exec(basename(path)) ?? [];
  const format = FORMATS[extension.toLowerCase()];
  const gzipped = gz !== undefined;
  if (!format || (gzipped && format === 'Parquet')) {
    throw new ImportError(
      `The file ${basename(file)} is of no known kind; its name must end in .csv, .tsv, .json, .ndjson, .jsonl (each also with .gz) or .parquet.`,
    );
  }
  if (gzipped) await checkGzip(path, signal);
  const delimiter = format === 'CSV' ? await guessDelimiter(path, gzipped) : '';
  return { path, format, gzipped, delimiter };
}

/**
 * The table function that reads a file. A CSV's dialect is fixed here: left to itself the engine prefers to skip lines that do not fit.
 *
 * @param wholeSample choose types by all rows instead of the first 20,480.
 */
export function readerOf(file: SourceFile, wholeSample: boolean): string {
  const path = quoteText(file.path);
  const compression = file.gzipped ? `, compression = 'gzip'` : '';
  switch (file.format) {
    case 'Parquet':
      return `read_parquet(${path})`;
    // Keys that the sample does not hold would be dropped, so JSON is always read whole first.
    case 'JSON':
      return `read_json(${path}, format = 'auto', sample_size = -1${compression})`;
    case 'NDJSON':
      return `read_json(${path}, format = 'newline_delimited', sample_size = -1${compression})`;
    case 'CSV': {
      const dialect = `delim = ${quoteText(file.delimiter)}, quote = '"', escape = '"', comment = '', header = true, skip = 0`;
      const strictness = 'strict_mode = true, null_padding = false, ignore_errors = false';
      const sample = wholeSample ? 'sample_size = -1, ' : '';
      return `read_csv(${path}, ${sample}${dialect}, ${strictness}${compression})`;
    }
  }
}

async function checkGzip(path: string, signal: AbortSignal): Promise<void> {
  const nowhere = new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  try {
    await pipeline(createReadStream(path), createGunzip(), nowhere, { signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new ImportError(`The file ${basename(path)} is not a whole gzip file.`, { cause });
  }
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'permission is denied';
  return String(code);
}
