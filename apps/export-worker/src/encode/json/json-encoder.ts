import { ExportSpec } from '@sluice/contracts';
import { ExportEngine, RunOptions } from '@sluice/engine';
import { compileJsonExport, duckDbDialect } from '@sluice/query-dsl';
import { EncodedFile, ExportEncoder, PlannedExport } from '../../ports.js';
import { copyOptionsOf } from '../copy-options.js';
import { countedFile, RowCounting } from '../counted-file.js';
import { ArrayOfLines } from './array-of-lines.js';
import { CountedLines } from './counted-lines.js';

/** JSON (one array) and NDJSON: the engine makes each row's text, the same that a page has (SPEC X9). */
export class JsonEncoder implements ExportEncoder {
  constructor(
    private readonly engine: ExportEngine,
    private readonly form: 'array' | 'lines',
  ) {}

  async encode({ query }: PlannedExport, _: ExportSpec, options: RunOptions): Promise<EncodedFile> {
    const isArray = this.form === 'array';
    const statement = compileJsonExport(query, isArray ? ',' : '', duckDbDialect);
    const copy = await this.engine.copy(statement, { kind: 'lines' }, copyOptionsOf(query, options));
    const counting: RowCounting = isArray ? new ArrayOfLines() : new CountedLines();
    return countedFile(copy, counting);
  }
}
