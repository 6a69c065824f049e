import { SluiceError, type PageForm } from '@sluice/contracts';

/** What a page can be answered as, the preferred one first. */
const MEDIA_TYPES: readonly (readonly [PageForm, string])[] = [
  ['json', 'application/json'],
  ['csv', 'text/csv'],
  ['ndjson', 'application/x-ndjson'],
];

interface MediaRange {
  readonly type: string;
  /** From 0, not acceptable, to 1. */
  readonly quality: number;
}

/**
 * The form that an `Accept` header likes best (RFC 9110, 12.5.1): each form counts by the range that names it most closely; between forms that
 * are liked alike JSON comes first, then CSV. Without the header, JSON.
 *
 * @throws SluiceError `not-acceptable` when none of them is wanted
 */
export function negotiateForm(accept: string | null): PageForm {
  if (accept === null || accept.trim() === '') return 'json';
  const ranges = accept.split(',').flatMap(readRange);
  const liked = MEDIA_TYPES.map(([form, type]) => ({ form, quality: qualityOf(type, ranges) }));
  const best = liked.reduce((one, other) => (other.quality > one.quality ? other : one));
  if (best.quality > 0) return best.form;
  const known = MEDIA_TYPES.map(([, type]) => type).join(', ');
  throw new SluiceError('not-acceptable', `A page can be answered as ${known}.`);
}

/** Parameters other than `q` are left out: no form has several shapes. A range that cannot be read is none. */
function readRange(text: string): readonly MediaRange[] {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  if (!/^[^\s/]+\/[^\s/]+$/.test(type)) return [];
  const weight = parameters.find((parameter) => /^q\s*=/.test(parameter));
  if (weight === undefined) return [{ type, quality: 1 }];
  const [, digits] = /^q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.exec(weight) ?? [];
  return digits === undefined ? [] : [{ type, quality: Number(digits) }];
}

function qualityOf(type: string, ranges: readonly MediaRange[]): number {
  const group = `${type.split('/', 1)[0] ?? ''}/*`;
  for (const wanted of [type, group, '*/*']) {
    const found = ranges.filter((range) => range.type === wanted);
    if (found.length > 0) return Math.max(...found.map(({ quality }) => quality));
  }
  return 0;
}
