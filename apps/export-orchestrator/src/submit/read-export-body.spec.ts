import { DEFAULT_CSV_OPTIONS, DEFAULT_PDF_OPTIONS } from '@sluice/contracts';
import { readExportBody } from './read-export-body.js';

const body = { queryDefinition: { select: ['flight_id'] }, format: 'csv' };

describe('readExportBody', () => {
  it('fills in the defaults', () => {
    const filled = { ...body, compression: null, csv: DEFAULT_CSV_OPTIONS, pdf: DEFAULT_PDF_OPTIONS };
    expect(readExportBody(body)).toEqual(filled);
    expect(readExportBody({ ...body, compression: null, options: {} })).toEqual(filled);
  });

  it('reads the CSV options', () => {
    const csv = { delimiter: '\t', bom: true, nullText: 'NULL', rawText: true };
    expect(readExportBody({ ...body, options: { csv } }).csv).toEqual(csv);
    expect(readExportBody({ ...body, options: { csv: { bom: true } } }).csv).toEqual({
      ...DEFAULT_CSV_OPTIONS,
      bom: true,
    });
  });

  it('leaves the query to query-service, whatever it is', () => {
    expect(readExportBody({ ...body, queryDefinition: null }).queryDefinition).toBeNull();
  });

  it.each([
    [null, 'invalid-request', ''],
    ['text', 'invalid-request', ''],
    [[body], 'invalid-request', ''],
    [{ format: 'csv' }, 'invalid-request', '/queryDefinition'],
    [{ ...body, format: undefined }, 'invalid-request', '/format'],
    [{ ...body, format: 'xls' }, 'unsupported-format', '/format'],
    [{ ...body, format: ['csv'] }, 'unsupported-format', '/format'],
    [{ ...body, format: 'CSV' }, 'unsupported-format', '/format'],
    [{ ...body, compression: 'rar' }, 'unsupported-format', '/compression'],
    [{ ...body, page: { limit: 1 } }, 'unknown-key', '/page'],
    [{ ...body, 'a/b~c': 1 }, 'unknown-key', '/a~1b~0c'],
    [{ ...body, options: [] }, 'invalid-request', '/options'],
    [{ ...body, options: { json: {} } }, 'unknown-key', '/options/json'],
    [{ ...body, options: { csv: null } }, 'invalid-request', '/options/csv'],
    [{ ...body, options: { csv: { quote: "'" } } }, 'unknown-key', '/options/csv/quote'],
    [{ ...body, options: { csv: { delimiter: 'x' } } }, 'invalid-request', '/options/csv/delimiter'],
    [{ ...body, options: { csv: { delimiter: ',,' } } }, 'invalid-request', '/options/csv/delimiter'],
    [{ ...body, options: { csv: { bom: 'yes' } } }, 'invalid-request', '/options/csv/bom'],
    [{ ...body, options: { csv: { rawText: 1 } } }, 'invalid-request', '/options/csv/rawText'],
    [{ ...body, options: { csv: { nullText: 7 } } }, 'invalid-request', '/options/csv/nullText'],
    [{ ...body, options: { csv: { nullText: 'x'.repeat(17) } } }, 'invalid-request', '/options/csv/nullText'],
    [{ ...body, options: { csv: { nullText: 'a"b' } } }, 'invalid-request', '/options/csv/nullText'],
    [{ ...body, options: { csv: { nullText: 'a\nb' } } }, 'invalid-request', '/options/csv/nullText'],
    [{ ...body, options: { csv: { nullText: 'a\0b' } } }, 'invalid-request', '/options/csv/nullText'],
    [{ ...body, options: { csv: { nullText: 'a;b' } } }, 'invalid-request', '/options/csv/nullText'],
    [{ ...body, options: { csv: { nullText: '=1+1' } } }, 'invalid-request', '/options/csv/nullText'],
    [{ ...body, options: { pdf: { title: '' } } }, 'invalid-request', '/options/pdf/title'],
    [{ ...body, options: { pdf: { title: 'a\nb' } } }, 'invalid-request', '/options/pdf/title'],
    [{ ...body, options: { pdf: { title: 'x'.repeat(201) } } }, 'invalid-request', '/options/pdf/title'],
    [{ ...body, options: { pdf: { paper: 'A4' } } }, 'invalid-request', '/options/pdf/paper'],
    [{ ...body, options: { pdf: { font: 'x' } } }, 'unknown-key', '/options/pdf/font'],
  ])('refuses %j with %s at "%s"', (value, code, pointer) => {
    expect(() => readExportBody(value)).toThrow(
      expect.objectContaining({ code, details: expect.objectContaining({ pointer }) }),
    );
  });

  it('names what is supported', () => {
    expect(() => readExportBody({ ...body, format: 'doc' })).toThrow('supported: "csv", "json"');
    expect(() => readExportBody({ ...body, compression: 'rar' })).toThrow('supported: "gzip" and "zip"');
  });
});
