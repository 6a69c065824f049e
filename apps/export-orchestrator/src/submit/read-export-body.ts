import { EXPORT_FORMATS, ExportFormat, ExportSpec, SluiceError } from '@sluice/contracts';
import { readCsvOptions } from './read-csv-options.js';
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
  refuseCompression(fields['compression']);
  return { queryDefinition: fields['queryDefinition'], format, csv: readOptions(fields['options']) };
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

function refuseCompression(value: unknown): void {
  if (value === undefined || value === null) return;
  throw new SluiceError('unsupported-format', 'Compression is not supported yet; leave it out.', {
    pointer: '/compression',
  });
}

function readOptions(value: unknown): ExportSpec['csv'] {
  if (value === undefined) return readCsvOptions(undefined, '/options/csv');
  const options = readObject(value, '/options', 'The options');
  refuseUnknownKeys(options, EXPORT_FORMATS, '/options');
  return readCsvOptions(options['csv'], '/options/csv');
}
