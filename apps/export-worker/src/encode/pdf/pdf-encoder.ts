import { ExportSpec } from '@sluice/contracts';
import { ExportEngine, RunOptions } from '@sluice/engine';
import { compileFieldsExport, duckDbDialect } from '@sluice/query-dsl';
import { createHash } from 'node:crypto';
import { EncodedFile, ExportEncoder, PlannedExport } from '../../ports.js';
import { slowCopyOptionsOf } from '../copy-options.js';
import { countedFile } from '../counted-file.js';
import { loadFonts } from './fonts.js';
import { TablePdf } from './table-pdf.js';

/** Characters of a text that are asked of the engine: more than the lines of any cell can hold. */
const LONGEST_TEXT = 2_000;

/** PDF made page by page (SPEC X11). */
export class PdfEncoder implements ExportEncoder {
  constructor(
    private readonly engine: ExportEngine,
    private readonly maxBytes: number,
  ) {}

  async encode(plan: PlannedExport, { pdf }: ExportSpec, options: RunOptions): Promise<EncodedFile> {
    const { query, columns, dataset } = plan;
    const fonts = await loadFonts();
    const statement = compileFieldsExport(query, LONGEST_TEXT, duckDbDialect);
    const copy = await this.engine.copy(statement, { kind: 'lines' }, slowCopyOptionsOf(query, options));
    const createdAt = new Date(Number(query.askedAt / 1_000n));
    const description = {
      title: titleOf(pdf.title, dataset),
      columns,
      paper: pdf.paper,
      createdAt,
      timezone: query.timezone,
      longestText: LONGEST_TEXT,
    };
    const id = idOf([plan.queryHash, copy.dataVersion, createdAt.toISOString()]);
    return countedFile(copy, new TablePdf(description, fonts, { maxBytes: this.maxBytes, id }));
  }
}

/** A title of one paragraph; the dataset's name where there is none. */
function titleOf(title: string | null, dataset: string): string {
  const plain = (title ?? '').replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return plain === '' ? dataset : plain.slice(0, LONGEST_TEXT);
}

const idOf = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
