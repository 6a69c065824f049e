import {
  EXPORT_COMPRESSIONS,
  EXPORT_FORMATS,
  ExportCompression,
  ExportFormat,
  ExportSpec,
  SluiceError,
} from '@sluice/contracts';
import { readCsvOptions } from './read-csv-options.js';
import { readPdfOptions } from './read-pdf-options.js';
import { readObject, refuseUnknownKeys } from './read-object.js';

const KEYS = ['queryDefinition', 'format', 'compression', 'options'];

/**
 * Reads the body of `POST /exports` (SPEC X1) but for the query, which query-service checks.
 *
 * @throws SluiceError `invalid-request`, `unknown-key`, `unsupported-format` with the pointer of what is wrong
 */
export function readExportBody(body: unknown): ExportSpec {
  const fields = readObject(body, '', 'The body');
  refuseUnknownKeys(fields, KEYS, '');
  if (fields['queryDefinition'] === undefined) {
    throw new SluiceError('invalid-request', 'A queryDefinition is required.', {
      pointer: '/queryDefinition',
    });
  }
  const format = readFormat(fields['format']);
  const compression = readCompression(fields['compression']);
  return {
    queryDefinition: fields['queryDefinition'],
    format,
    compression,
    ...readOptions(fields['options']),
  };
}

function readFormat(value: unknown): ExportFormat {
  const format = EXPORT_FORMATS.find((known) => known === value);
  if (format !== undefined) return format;
  const supported = EXPORT_FORMATS.map((known) => `"${known}"`).join(', ');
  const pointer = '/format';
  if (value === undefined) {
    throw new SluiceError('invalid-request', `A format is required; supported: ${supported}.`, { pointer });
  }
  throw new SluiceError('unsupported-format', `The format is not supported; supported: ${supported}.`, {
    pointer,
  });
}

function readCompression(value: unknown): ExportCompression | null {
  if (value === undefined || value === null) return null;
  const compression = EXPORT_COMPRESSIONS.find((known) => known === value);
  if (compression !== undefined) return compression;
  const supported = EXPORT_COMPRESSIONS.map((known) => `"${known}"`).join(' and ');
  throw new SluiceError('unsupported-format', `The compression is not supported; supported: ${supported}.`, {
    pointer: '/compression',
  });
}

function readOptions(value: unknown): Pick<ExportSpec, 'csv' | 'pdf'> {
  const options = value === undefined ? {} : readObject(value, '/options', 'The options');
  refuseUnknownKeys(options, ['csv', 'pdf'], '/options');
  return {
    csv: readCsvOptions(options['csv'], '/options/csv'),
    pdf: readPdfOptions(options['pdf'], '/options/pdf'),
  };
}
