import { CsvOptions, DEFAULT_CSV_OPTIONS, SluiceError } from '@sluice/contracts';
import { Fields, readObject, refuseUnknownKeys } from './read-object.js';

const DELIMITERS = [',', ';', '|', '\t'];
const MAX_NULL_TEXT = 16;
/** What would have to be quoted, or could not be told from the text around it. */
const NOT_IN_NULL_TEXT = /["\p{Cc},;|\u2028\u2029]/u;
/** What a spreadsheet starts a formula with, in its narrow and wide forms. */
const FORMULA_START = /^[=+\-@＝＋－＠]/;

/** Reads `options.csv` (SPEC X9); what is left out gets its default. Throws `invalid-request` with a pointer. */
export function readCsvOptions(value: unknown, pointer: string): CsvOptions {
  if (value === undefined) return DEFAULT_CSV_OPTIONS;
  const fields = readObject(value, pointer, 'The CSV options');
  refuseUnknownKeys(fields, Object.keys(DEFAULT_CSV_OPTIONS), pointer);
  const rawText = readFlag(fields, 'rawText', pointer);
  return {
    delimiter: readDelimiter(fields['delimiter'], `${pointer}/delimiter`),
    bom: readFlag(fields, 'bom', pointer),
    nullText: readNullText(fields['nullText'], rawText, `${pointer}/nullText`),
    rawText,
  };
}

function readFlag(fields: Fields, name: 'bom' | 'rawText', pointer: string): boolean {
  const value = fields[name];
  if (value === undefined) return DEFAULT_CSV_OPTIONS[name];
  if (typeof value === 'boolean') return value;
  throw new SluiceError('invalid-request', `"${name}" must be true or false.`, {
    pointer: `${pointer}/${name}`,
  });
}

function readDelimiter(value: unknown, pointer: string): string {
  if (value === undefined) return DEFAULT_CSV_OPTIONS.delimiter;
  const delimiter = DELIMITERS.find((known) => known === value);
  if (delimiter !== undefined) return delimiter;
  throw new SluiceError('invalid-request', 'The delimiter must be one of , ; | or tab.', { pointer });
}

function readNullText(value: unknown, rawText: boolean, pointer: string): string {
  if (value === undefined) return DEFAULT_CSV_OPTIONS.nullText;
  if (typeof value !== 'string' || value.length > MAX_NULL_TEXT || !value.isWellFormed()) {
    throw new SluiceError(
      'invalid-request',
      `"nullText" must be text of at most ${MAX_NULL_TEXT} characters.`,
      {
        pointer,
        limit: { name: 'nullText', value: MAX_NULL_TEXT },
      },
    );
  }
  if (NOT_IN_NULL_TEXT.test(value)) {
    throw new SluiceError(
      'invalid-request',
      '"nullText" cannot hold quotes, delimiters or control characters.',
      {
        pointer,
      },
    );
  }
  if (!rawText && FORMULA_START.test(value)) {
    throw new SluiceError('invalid-request', '"nullText" would be run as a formula; "rawText" allows it.', {
      pointer,
    });
  }
  return value;
}
