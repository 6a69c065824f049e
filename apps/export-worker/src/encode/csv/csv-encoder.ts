import { ExportSpec } from '@sluice/contracts';
import { ExportEngine, RunOptions } from '@sluice/engine';
import { compileCsvExport, duckDbDialect } from '@sluice/query-dsl';
import { EncodedFile, ExportEncoder, PlannedExport } from '../../ports.js';
import { copyOptionsOf } from '../copy-options.js';
import { countedFile } from '../counted-file.js';
import { CountedCsv } from './counted-csv.js';

/** CSV as the engine writes it (SPEC X9). */
export class CsvEncoder implements ExportEncoder {
  constructor(private readonly engine: ExportEngine) {}

  async encode({ query }: PlannedExport, { csv }: ExportSpec, options: RunOptions): Promise<EncodedFile> {
    const statement = compileCsvExport(query, csv, duckDbDialect);
    const copy = await this.engine.copy(statement, { kind: 'csv', csv }, copyOptionsOf(query, options));
    return countedFile(copy, new CountedCsv());
  }
}
