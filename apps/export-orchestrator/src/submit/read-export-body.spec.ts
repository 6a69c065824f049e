import { DEFAULT_CSV_OPTIONS } from '@sluice/contracts';
import { readExportBody } from './read-export-body.js';

const body = { queryDefinition: { select: ['flight_id'] }, format: 'csv' };

describe('readExportBody', () => {
  it('fills in the defaults', () => {
    expect(readExportBody(body)).toEqual({ ...body, csv: DEFAULT_CSV_OPTIONS });
    expect(readExportBody({ ...body, compression: null, options: {} }).csv).toEqual(DEFAULT_CSV_OPTIONS);
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
    [{ ...body, format: 'xlsx' }, 'unsupported-format', '/format'],
    [{ ...body, format: ['csv'] }, 'unsupported-format', '/format'],
    [{ ...body, format: 'CSV' }, 'unsupported-format', '/format'],
    [{ ...body, compression: 'gzip' }, 'unsupported-format', '/compression'],
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
  ])('refuses %j with %s at "%s"', (value, code, pointer) => {
    expect(() => readExportBody(value)).toThrow(
      expect.objectContaining({ code, details: expect.objectContaining({ pointer }) }),
    );
  });

  it('names what is supported', () => {
    expect(() => readExportBody({ ...body, format: 'pdf' })).toThrow('supported: "csv"');
    expect(() => readExportBody({ ...body, compression: 'zip' })).toThrow('Compression is not supported yet');
  });
});
