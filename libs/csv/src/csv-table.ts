/** A column's type, in the terms of the catalogue. */
export type CsvType =
  | { readonly kind: 'text' }
  | { readonly kind: 'integer' }
  | { readonly kind: 'decimal'; readonly scale: number }
  | { readonly kind: 'double' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'date' }
  | { readonly kind: 'timestamp' };

export interface CsvColumn {
  readonly name: string;
  readonly type: CsvType;
}

/**
 * A value by the type of its column; null for NULL.
 *
 * - text: a string
 * - integer: a bigint, or a number that is a safe integer
 * - decimal: its digits without the point, a bigint: 1.50 of scale 2 is 150n
 * - double: a number
 * - boolean: a boolean
 * - date: days since 1970-01-01 in the proleptic Gregorian calendar, a number; an infinity for an infinite day
 * - timestamp: microseconds since 1970-01-01 in UTC, a bigint; an infinity, a number, is written as NULL, as in every answer
 */
export type CsvValue = string | bigint | number | boolean | null;

/** One value for each column. */
export type CsvRow = readonly CsvValue[];
