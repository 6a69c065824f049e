import { DEFAULT_CSV_OPTIONS } from '@sluice/contracts';
import { checkCsvOptions, copyStatement } from './copy-statement.js';

it('wraps a query and keeps its parameters', () => {
  expect(
    copyStatement(
      'select $1',
      { kind: 'csv', csv: { ...DEFAULT_CSV_OPTIONS, nullText: "it's" } },
      "/a'b/out",
    ),
  ).toBe(
    `copy (select $1) to '/a''b/out' (format csv, header true, delimiter ',', nullstr 'it''s', new_line '\\r\\n', use_tmp_file false)`,
  );
});

it.each([
  { delimiter: '' },
  { delimiter: 'x' },
  { delimiter: '"' },
  { nullText: 'a\nb' },
  { nullText: 'x'.repeat(33) },
])('refuses %j', (options) => {
  expect(() => {
    checkCsvOptions({ ...DEFAULT_CSV_OPTIONS, ...options });
  }).toThrow(expect.objectContaining({ code: 'invalid-request' }));
});
