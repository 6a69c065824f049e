import { ExportSpec, SluiceError } from '@sluice/contracts';
import { EngineCopy, ExportEngine, RunOptions } from '@sluice/engine';
import { compileXlsxRows, duckDbDialect, XLSX_LIMITS } from '@sluice/query-dsl';
import { finished } from 'node:stream/promises';
import { zipFile } from '../../compress/zip-writer.js';
import { EncodedFile, ExportEncoder, PlannedExport } from '../../ports.js';
import { GeneratedFile } from '../../generated-file.js';
import { slowCopyOptionsOf } from '../copy-options.js';
import { SheetRows } from './sheet-rows.js';
import { workbookEntries } from './workbook-entries.js';

/** XLSX (SPEC X10): the engine makes the rows' XML, this writes the workbook around it, sheet by sheet, and deflates. */
export class XlsxEncoder implements ExportEncoder {
  constructor(
    private readonly engine: ExportEngine,
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** Rejects with `limit-exceeded` for more columns than a sheet can have. */
  async encode(plan: PlannedExport, spec: ExportSpec, options: RunOptions): Promise<EncodedFile> {
    const { columns } = XLSX_LIMITS;
    if (plan.columns.length > columns) {
      throw new SluiceError(
        'limit-exceeded',
        `An Excel sheet has at most ${columns} columns; the query selects ${plan.columns.length}.`,
      );
    }
    const copy = await this.engine.copy(
      compileXlsxRows(plan.query, duckDbDialect),
      { kind: 'lines' },
      slowCopyOptionsOf(plan.query, options),
    );
    return workbookOf(copy, plan, spec, this.now());
  }
}

function workbookOf(
  copy: EngineCopy,
  plan: PlannedExport,
  { queryDefinition }: ExportSpec,
  made: Date,
): EncodedFile {
  const rows = new SheetRows(copy.stream);
  const proveWhole = async (): Promise<void> => {
    if (rows.isWhole(await copy.rows)) return;
    throw new SluiceError('export-incomplete', 'The file does not hold all rows that the engine made.');
  };
  const about = { plan, queryDefinition, dataVersion: copy.dataVersion, made };
  const entries = workbookEntries({ about, rows, proveWhole });
  const stream = new GeneratedFile(zipFile(entries, { modified: made }), copy.stream);
  const whole = finished(stream).then(() => rows.count);
  // Waited for by whoever stores the file, unless the stream fails first.
  whole.catch(() => undefined);
  return { dataVersion: copy.dataVersion, stream, rowsSoFar: () => rows.count, rows: whole };
}
