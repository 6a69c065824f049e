import { DEFAULT_PDF_OPTIONS, PdfOptions, SluiceError } from '@sluice/contracts';
import { readObject, refuseUnknownKeys } from './read-object.js';

const MAX_TITLE = 200;
const PAPERS = ['a4', 'letter'] as const;

/** Reads `options.pdf` (SPEC X11); what is left out gets its default. Throws `invalid-request` with a pointer. */
export function readPdfOptions(value: unknown, pointer: string): PdfOptions {
  if (value === undefined) return DEFAULT_PDF_OPTIONS;
  const fields = readObject(value, pointer, 'The PDF options');
  refuseUnknownKeys(fields, Object.keys(DEFAULT_PDF_OPTIONS), pointer);
  return {
    title: readTitle(fields['title'], `${pointer}/title`),
    paper: readPaper(fields['paper'], `${pointer}/paper`),
  };
}

function readTitle(value: unknown, pointer: string): string | null {
  if (value === undefined || value === null) return null;
  const isTitle = typeof value === 'string' && value.isWellFormed() && !/\p{Cc}/u.test(value);
  if (isTitle && value.length > 0 && value.length <= MAX_TITLE) return value;
  throw new SluiceError(
    'invalid-request',
    `"title" must be text of 1 to ${String(MAX_TITLE)} characters without control characters.`,
    { pointer, limit: { name: 'title', value: MAX_TITLE } },
  );
}

function readPaper(value: unknown, pointer: string): PdfOptions['paper'] {
  if (value === undefined) return DEFAULT_PDF_OPTIONS.paper;
  const paper = PAPERS.find((known) => known === value);
  if (paper !== undefined) return paper;
  throw new SluiceError('invalid-request', '"paper" must be "a4" or "letter".', { pointer });
}
