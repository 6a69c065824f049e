import { ExportCompression, ExportFormat, ExportManifest } from '@sluice/contracts';

const FORMATS: Readonly<Record<ExportFormat, string>> = {
  /** RFC 4180, section 3. */
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pdf: 'application/pdf',
  parquet: 'application/vnd.apache.parquet',
};

const COMPRESSIONS: Readonly<Record<ExportCompression, string>> = {
  gzip: 'application/gzip',
  zip: 'application/zip',
};

/** Media type of a delivered file. A compressed file is one of its own, not an encoding of the transfer: clients must not unpack it by themselves. */
export function contentTypeOf({
  format,
  compression,
}: Pick<ExportManifest, 'format' | 'compression'>): string {
  return compression === null ? FORMATS[format] : COMPRESSIONS[compression];
}
