import fc from 'fast-check';
import { MASK_KEY } from '../running-service.js';
import { booleanLiteral, numberLiteral, textLiteral, timeLiteral } from './make.js';
import {
  CODES,
  DATES,
  LOOKALIKES,
  NUMBERS,
  PATTERNS,
  SPANS,
  STRETCHES,
  TENANTS,
  TEXTS,
  WRITTEN_TIMES,
} from './pools.js';
import { hashOfText } from './treatments.js';
import { DATE, TIMESTAMP } from './types.js';

/** Values as requests write them. */

export const numberLiterals = fc.constantFrom(...NUMBERS).map(numberLiteral);
export const smallLiterals = fc.constantFrom('0', '1', '2', '-1', '-3', '10').map(numberLiteral);
export const textLiterals = fc.constantFrom(...TEXTS).map(textLiteral);
export const lookalikes = fc.constantFrom(...LOOKALIKES).map(textLiteral);
export const dateLiterals = fc.constantFrom(...DATES).map((text) => timeLiteral(DATE, text));
export const timeLiterals = fc.constantFrom(...WRITTEN_TIMES).map((text) => timeLiteral(TIMESTAMP, text));
export const booleanLiterals = fc.boolean().map(booleanLiteral);
export const tenantLiterals = fc.constantFrom(...TENANTS).map(textLiteral);
/** What a hashed column may be compared with: hashes, and for who sees it clear, values. */
export const codeLiterals = fc
  .constantFrom(...CODES, ...CODES.map((code) => hashOfText(code, MASK_KEY)))
  .map(textLiteral);
/** A number in quotes, which beside a number is that number. */
export const quotedNumbers = fc.constantFrom(...NUMBERS).map(textLiteral);

export const patterns = fc
  .oneof(
    fc.constantFrom(...PATTERNS),
    fc.string({ unit: fc.constantFrom('a', 'b', '%', '_', 'é'), maxLength: 5 }),
  )
  .map(textLiteral);

export const spans = fc.constantFrom(...SPANS).map(({ text }) => textLiteral(text));
export const longSpans = fc
  .constantFrom(...SPANS.filter(({ unit }) => !['hour', 'minute', 'second'].includes(unit)))
  .map(({ text }) => textLiteral(text));
export const stretches = fc.constantFrom(...STRETCHES).map(textLiteral);

export const comparisons = fc.constantFrom('=', '<>', '<', '<=', '>', '>=');
export const units = fc
  .constantFrom('year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second')
  .map(textLiteral);
export const longUnits = fc.constantFrom('year', 'quarter', 'month', 'week', 'day').map(textLiteral);
