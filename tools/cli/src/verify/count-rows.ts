import { ExportFormat, SignedManifest } from '@sluice/contracts';
import { Readable } from 'node:stream';
import { csvRows } from './csv-rows.js';
import { withContent, withPlainFile } from './file-content.js';
import { jsonArrayRows, jsonLineRows } from './json-rows.js';
import { parquetRows } from './parquet-rows.js';
import { workbookRows } from './workbook-rows.js';

type Counting =
  | { readonly kind: 'content'; readonly count: (content: Readable) => Promise<number> }
  /** Of formats that are read from their end. */
  | { readonly kind: 'file'; readonly count: (file: string, signal: AbortSignal) => Promise<number> }
  | { readonly kind: 'none' };

/** None of these is the code that made the files. The rows of a page cannot be told from its drawing: there the SHA-256 stands for them. */
const COUNTING: Readonly<Record<ExportFormat, Counting>> = {
  csv: { kind: 'content', count: csvRows },
  json: { kind: 'content', count: jsonArrayRows },
  ndjson: { kind: 'content', count: jsonLineRows },
  xlsx: { kind: 'file', count: workbookRows },
  parquet: { kind: 'file', count: parquetRows },
  pdf: { kind: 'none' },
};

/**
 * Counts the rows of a delivered file by reading all of it, with bounded memory; null for a format whose rows cannot be told. Throws where
 * the file is not whole.
 */
export async function countRows(
  file: string,
  { format, compression }: Pick<SignedManifest, 'format' | 'compression'>,
  signal: AbortSignal,
): Promise<number | null> {
  const counting = COUNTING[format];
  const exported = { file, compression };
  switch (counting.kind) {
    case 'none':
      return null;
    case 'content':
      return withContent(exported, signal, counting.count);
    case 'file':
      return withPlainFile(exported, signal, (plain) => counting.count(plain, signal));
  }
}
