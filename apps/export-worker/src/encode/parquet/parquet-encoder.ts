import { ExportSpec } from '@sluice/contracts';
import { ExportEngine, RunOptions } from '@sluice/engine';
import { compileTypedExport, duckDbDialect } from '@sluice/query-dsl';
import { EncodedFile, ExportEncoder, PlannedExport } from '../../ports.js';
import { copyOptionsOf } from '../copy-options.js';
import { countedFile } from '../counted-file.js';
import { CountedParquet } from './counted-parquet.js';

/** Parquet as the engine writes it: typed, zstd (SPEC X12). Its statistics are of the exported rows, which are all that the engine is given. */
export class ParquetEncoder implements ExportEncoder {
  constructor(private readonly engine: ExportEngine) {}

  async encode({ query, columns }: PlannedExport, _: ExportSpec, options: RunOptions): Promise<EncodedFile> {
    const statement = compileTypedExport(query, duckDbDialect);
    const copy = await this.engine.copy(statement, { kind: 'parquet' }, copyOptionsOf(query, options));
    return countedFile(copy, new CountedParquet(columns.length));
  }
}
