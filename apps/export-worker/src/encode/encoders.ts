import { ExportFormat } from '@sluice/contracts';
import { ExportEngine } from '@sluice/engine';
import { ExportEncoder } from '../ports.js';
import { CsvEncoder } from './csv/csv-encoder.js';
import { JsonEncoder } from './json/json-encoder.js';
import { ParquetEncoder } from './parquet/parquet-encoder.js';
import { XlsxEncoder } from './xlsx/xlsx-encoder.js';
import { PdfEncoder } from './pdf/pdf-encoder.js';

export type Encoders = Readonly<Partial<Record<ExportFormat, ExportEncoder>>>;

/** @param mostPdfBytes past which a PDF is given up */
export function encodersOn(engine: ExportEngine, mostPdfBytes: number): Encoders {
  return {
    csv: new CsvEncoder(engine),
    json: new JsonEncoder(engine, 'array'),
    ndjson: new JsonEncoder(engine, 'lines'),
    xlsx: new XlsxEncoder(engine),
    pdf: new PdfEncoder(engine, mostPdfBytes),
    parquet: new ParquetEncoder(engine),
  };
}
