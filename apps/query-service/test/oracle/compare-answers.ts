import { OutputColumn } from '@sluice/contracts';
import { writeExact } from './numbers.js';
import { writeDate, writeTimestamp } from './times.js';
import { defused } from './texts.js';
import { Query } from './tree.js';
import { Type, typeName } from './types.js';
import { Cell, Expected } from './answer.js';

/** A number of a JSON text, with the digits that it has there. */
export class JsonNumber {
  constructor(readonly text: string) {}
}

export interface ReadAnswer {
  readonly columns: readonly OutputColumn[];
  readonly rows: readonly unknown[];
  readonly page: { readonly returned: number; readonly hasMore: boolean; readonly next: string | null };
  readonly meta: { readonly totalRows: number | null; readonly totalIsExact: boolean };
}

/** Reads an answer. Numbers of its rows keep their text, since a JavaScript number would lose digits. */
export function readAnswer(body: Uint8Array): ReadAnswer {
  const text = Buffer.from(body).toString();
  const { rows } = parseKept(text) as { readonly rows: readonly unknown[] };
  return { ...(JSON.parse(text) as ReadAnswer), rows };
}

/** Numbers become `JsonNumber`. */
export function parseKept(text: string): unknown {
  const keep = (_: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === 'number' ? new JsonNumber(context?.source ?? '') : value;
  return JSON.parse(text, keep);
}

type Answered = Expected & { readonly kind: 'answered' };

/** What is wrong with the columns of an answer, or null. */
export function columnProblem(
  expected: Answered,
  names: readonly string[],
  actual: readonly OutputColumn[],
): string | null {
  const wanted = expected.columns.map(({ type, treatment }, index) => ({
    name: names[index] ?? '',
    type: typeName(type),
    masked: treatment !== 'clear',
  }));
  const [left, right] = [JSON.stringify(wanted), JSON.stringify(actual)];
  return left === right ? null : `columns are ${right}, expected ${left}`;
}

/** What is wrong with the rows of an answer, from the row `first` of all that are expected; or null. */
export function rowProblem(
  expected: Answered,
  names: readonly string[],
  actual: readonly unknown[],
  first: number,
  query: Query,
): string | null {
  for (const [index, row] of actual.entries()) {
    const cells = expected.rows[first + index];
    if (!cells) return `there is a row ${first + index}, expected ${expected.rows.length} rows: ${show(row)}`;
    const values = valuesOf(row, names, query.rows);
    if (values === null) return `row ${first + index} has another form or other keys: ${show(row)}`;
    for (const [position, cell] of cells.entries()) {
      const type = (expected.columns[position] as Answered['columns'][number]).type;
      if (matches(cell, type, values[position], query, expected.grouped)) continue;
      return `row ${first + index}, ${names[position]} (${typeName(type)}) is ${show(values[position])}, expected ${show(cell.value)}`;
    }
  }
  return null;
}

function valuesOf(row: unknown, names: readonly string[], form: Query['rows']): readonly unknown[] | null {
  if (Array.isArray(row) !== (form === 'array')) return null;
  if (Array.isArray(row)) return row.length === names.length ? row : null;
  const keys = Object.keys(row as object);
  const same = keys.length === names.length && names.every((name) => keys.includes(name));
  return same ? names.map((name) => (row as Record<string, unknown>)[name]) : null;
}

function matches(
  { value, slack }: Cell,
  type: Type,
  actual: unknown,
  query: Query,
  grouped: boolean,
): boolean {
  // A lone NULL is quoted in CSV, since an empty line would be none.
  if (value === null)
    return actual === null || (query.form === 'csv' && actual === '' && query.items?.length === 1);
  switch (type.kind) {
    case 'double':
      return isDouble(value as number, slack, actual, grouped);
    case 'integer':
    case 'decimal': {
      const digits = writeExact(value as bigint, type.kind === 'decimal' ? type.scale : 0);
      return query.numbers === 'string'
        ? actual === digits
        : actual instanceof JsonNumber && actual.text === digits;
    }
    case 'date':
      return actual === writeDate(value as bigint);
    case 'timestamp':
      return actual === writeTimestamp(value as bigint, query.timezone);
    case 'text':
      return actual === (query.form === 'csv' ? defused(String(value)) : value);
    default:
      return actual === value;
  }
}

/** JSON has no infinity and no NaN: they are answered as null. */
function isDouble(value: number, slack: number, actual: unknown, anyZero: boolean): boolean {
  // A sum near the largest double may be out of range in one order of addition and not in another.
  if (slack === Infinity) return true;
  if (!Number.isFinite(value)) return actual === null;
  if (!(actual instanceof JsonNumber)) return false;
  const number = Number(actual.text);
  if (Object.is(number, value) || (anyZero && number === value)) return true;
  return slack > 0 && Math.abs(number - value) <= slack;
}

export const show = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => {
    if (inner instanceof JsonNumber) return `number ${inner.text}`;
    if (typeof inner === 'bigint') return `${inner}n`;
    return typeof inner === 'number' && (!Number.isFinite(inner) || Object.is(inner, -0))
      ? `double ${Object.is(inner, -0) ? '-0' : inner}`
      : inner;
  }) ?? 'undefined';
