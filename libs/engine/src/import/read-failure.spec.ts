import { delimiterOf } from './guess-delimiter.js';
import { isSampleMisfit, readFailure } from './read-failure.js';

const file = { path: '/data/a.csv', format: 'CSV', gzipped: false, delimiter: ',' } as const;

it.each([
  [
    'Invalid Input Error: CSV Error on Line: 7\nOriginal Line: SECRET\nExpected Number of Columns: 2 Found: 1',
    'line 7 has 1 columns instead of 2',
  ],
  [
    'Invalid Input Error: CSV Error on Line: 7\nOriginal Line: SECRET\nInvalid unicode (byte sequence mismatch)',
    'line 7 is not UTF-8',
  ],
  [
    'Invalid Input Error: CSV Error on Line: 7\nValue with unterminated quote found.',
    'line 7 has a quote that is not closed',
  ],
  [
    `Conversion Error: CSV Error on Line: 7\nOriginal Line: SECRET\nError when converting column "n". Could not convert string "SECRET"`,
    'line 7 holds a value in column "n" that does not fit its type',
  ],
  [
    'Invalid Input Error: Malformed JSON in file "/data/a.csv", at byte 7 in record/value 3: unexpected',
    'record 3 is malformed',
  ],
  ['Invalid Input Error: No magic bytes found', 'it is malformed'],
  ['Out of Memory Error: could not allocate', 'it needs more memory than the import may use'],
  ['IO Error: Could not write: No space left on device', 'the disk is full'],
])('tells %j by numbers and headers alone', (message, reason) => {
  const error = readFailure(file, new Error(message));
  expect(error.message).toBe(`The file a.csv could not be read as CSV: ${reason}.`);
});

it('knows when the first rows told the wrong types', () => {
  expect(isSampleMisfit(new Error('Conversion Error: CSV Error on Line: 7'))).toBe(true);
  expect(isSampleMisfit(new Error('Invalid Input Error: CSV Error on Line: 7'))).toBe(false);
});

it.each([
  ['a,b;c,d\n1;2;3;4;5', ','],
  ['"a,b,c";d\r\n', ';'],
  ['a\tb', '\t'],
  ['a|b', '|'],
  ['a', ','],
  ['', ','],
])('sees in the header %j the delimiter %j', (start, delimiter) => {
  expect(delimiterOf(start)).toBe(delimiter);
});
