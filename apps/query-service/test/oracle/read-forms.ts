import { QueryAnswer } from '@sluice/contracts';
import { JsonNumber, parseKept, ReadAnswer, readAnswer } from './compare-answers.js';
import { Query } from './tree.js';
import { Type } from './types.js';

/** An answer of any form, as a JSON answer would read. The other forms name no types, so their columns are not compared: null. */
export type AnswerOfForm = Omit<ReadAnswer, 'columns'> & { readonly columns: ReadAnswer['columns'] | null };

export function readForm(answer: QueryAnswer, query: Query, types: readonly Type[]): AnswerOfForm {
  if (query.form === 'json') return readAnswer(Buffer.concat(answer.body));
  const text = Buffer.concat(answer.body).toString();
  const rows = query.form === 'csv' ? csvRows(text, query, types) : ndjsonRows(text);
  const { hasMore = false, next = null, totalRows = null, totalIsExact = false } = answer.facts ?? {};
  return {
    columns: null,
    rows,
    page: { returned: rows.length, hasMore, next },
    meta: { totalRows, totalIsExact },
  };
}

const ndjsonRows = (text: string): readonly unknown[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => parseKept(line));

/** RFC 4180: a field in quotes is a text, one without may also be NULL. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;

function csvRows(text: string, query: Query, types: readonly Type[]): readonly unknown[] {
  const lines: unknown[][] = [[]];
  let end = 0;
  for (const [field, quoted, plain = '', after] of text.matchAll(FIELD)) {
    const line = lines.at(-1) as unknown[];
    line.push(
      quoted === undefined ? valueOf(plain, types[line.length], query) : quoted.replaceAll('""', '"'),
    );
    if (after !== ',') lines.push([]);
    end += field.length;
  }
  if (end !== text.length) throw new Error(`This is no CSV from character ${end} on: ${text}`);
  return lines.slice(1, -1);
}

function valueOf(text: string, type: Type | undefined, { numbers }: Query): unknown {
  if (text === '') return null;
  switch (type?.kind) {
    case 'integer':
    case 'decimal':
      return numbers === 'string' ? text : new JsonNumber(text);
    case 'double':
      return /^-?(?:inf|nan)$/.test(text) ? null : new JsonNumber(text);
    case 'boolean':
      return text === 'true';
    default:
      return text;
  }
}
