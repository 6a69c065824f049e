import { ExportFormat } from '@sluice/contracts';

/** Formats that the fault tests go through in turn: each that an encoder exists for belongs here. */
export const FAULT_FORMATS: readonly ExportFormat[] = ['csv'];

/** How DuckDB, which did not encode them as we do, reads a file of each format as a table of texts. */
export const READERS: Partial<Record<ExportFormat, (file: string) => string>> = {
  csv: (file) => `read_csv('${file}', header = true, all_varchar = true)`,
  json: (file) => `read_json('${file}')`,
  ndjson: (file) => `read_json('${file}', format = 'newline_delimited')`,
  parquet: (file) => `read_parquet('${file}')`,
};
