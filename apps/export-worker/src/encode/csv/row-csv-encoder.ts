import { parseColumnType } from '@sluice/catalog';
import { ExportSpec, OutputColumn } from '@sluice/contracts';
import { CsvColumn, csvBytes } from '@sluice/csv';
import { RunOptions } from '@sluice/engine';
import { compileTypedExport, Dialect } from '@sluice/query-dsl';
import { Readable } from 'node:stream';
import { EncodedFile, ExportEncoder, PlannedExport, RowEngine } from '../../ports.js';
import { countedFile } from '../counted-file.js';
import { CountedCsv } from './counted-csv.js';

/** The CSV of `CsvEncoder`, to the byte, from an engine that gives rows only (SPEC X8, X9). */
export class RowCsvEncoder implements ExportEncoder {
  constructor(
    private readonly engine: RowEngine,
    private readonly dialect: Dialect,
  ) {}

  async encode(
    { query, columns }: PlannedExport,
    { csv }: ExportSpec,
    options: RunOptions,
  ): Promise<EncodedFile> {
    const made = await this.engine.rows(compileTypedExport(query, this.dialect), options);
    const file = { columns: columns.map(csvColumn), csv, timezone: query.timezone };
    const stream = Readable.from(csvBytes(made.rows, file), { objectMode: false });
    return countedFile({ dataVersion: made.dataVersion, stream, rows: made.count }, new CountedCsv());
  }
}

function csvColumn({ name, type }: OutputColumn): CsvColumn {
  const known = parseColumnType(type);
  if (!known) throw new TypeError(`The column "${name}" has the type ${type}, which CSV does not know.`);
  return { name, type: known };
}
