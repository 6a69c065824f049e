import { ExportFormat } from '@sluice/contracts';
import { ExportEngine } from '@sluice/engine';
import { ExportEncoder } from '../ports.js';
import { CsvEncoder } from './csv/csv-encoder.js';
import { PdfEncoder } from './pdf/pdf-encoder.js';

export type Encoders = Readonly<Partial<Record<ExportFormat, ExportEncoder>>>;

export function encodersOn(engine: ExportEngine): Encoders {
  return { csv: new CsvEncoder(engine), pdf: new PdfEncoder(engine) };
}
