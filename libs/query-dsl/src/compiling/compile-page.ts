import { INTEGER, TEXT } from '@sluice/catalog';
import { PageForm } from '@sluice/contracts';
import { BoundSort } from '../binding/bound.js';
import { GovernedQuery } from '../governed-query.js';
import { Statement } from '../statement.js';
import { compileCore, CoreColumn } from './compile-core.js';
import { Dialect } from './dialect.js';
import { Parameters } from './expression-compiler.js';
import { ROW_SEPARATORS, rowText } from './page-text.js';
import { comesInOrder } from './stored-order.js';
import { totalOrder } from './total-order.js';

export interface PageOptions {
  /** JSON unless given. */
  readonly form?: PageForm;
  /** Columns by which the dataset's rows are stored in ascending order, none of them ever NULL; null when that is not known. */
  readonly sortedBy?: readonly string[] | null;
}

/** Where a page begins: the sort values of the row before it, as the engine wrote them; NULL as null. */
export type KeysetPosition = readonly (string | null)[];

/**
 * One row answers: the page's rows in the asked form as UTF-8 bytes, with what stands between them (NULL when there is none), how many rows
 * were found (one more than the limit when there is a next page), then the sort values of the page's last row as text. The engine makes
 * the bytes, so that neither a row nor the page becomes a JavaScript value.
 *
 * Rows are numbered and joined in the order in which they come. A numbering without an order of its own makes the engine run that part
 * in one piece, whatever its threads; sorting again took a third of the time of a page of 5,000 rows (`npm run bench -- query`).
 */
export function compilePage(
  query: GovernedQuery,
  position: KeysetPosition | null,
  dialect: Dialect,
  { form = 'json', sortedBy = null }: PageOptions = {},
): Statement {
  if (!query.page) throw new Error('A query without a page cannot be compiled into one.');
  const parameters = new Parameters();
  const order = totalOrder(query);
  const columns: readonly CoreColumn[] = [
    ...query.items.map(({ expression }, index) => ({ name: `c${index}`, expression })),
    ...order.map(({ expression }, index) => ({ name: `k${index}`, expression })),
  ];
  const core = compileCore(query, columns, dialect, parameters);
  const keys = order.map((_, index) => `k${index}`);
  const isNeverNull = ({ expression }: BoundSort): boolean =>
    expression.kind === 'column' && expression.scan === 0 && (sortedBy?.includes(expression.name) ?? false);
  const after = position
    ? ` where ${keysetCondition(order, position, isNeverNull, dialect, parameters)}`
    : '';
  const limit = parameters.add(INTEGER, BigInt(query.page.limit));
  const offset = query.page.offset > 0 ? ` offset ${parameters.add(INTEGER, BigInt(query.page.offset))}` : '';
  const by = comesInOrder(query, order, sortedBy) ? '' : orderBy(order);
  const page = `select * from (${core}) q${after}${by} limit ${limit} + 1${offset}`;
  const texts = keys.map((key) => `cast(${key} as varchar) as ${key}`);
  const lines = `select row_number() over () as n, ${rowText(query, form, dialect, parameters)} as line, ${texts.join(', ')} from (${page}) p`;
  const last = keys.map((key) => `max(${key}) filter (where n = ${limit})`);
  const sql = `select ${dialect.bytes(`string_agg(line, ${ROW_SEPARATORS[form]}) filter (where n <= ${limit})`)}, count(*), ${last.join(', ')} from (${lines}) r`;
  return { sql, parameters: parameters.list };
}

/** NULLs come last in both directions, in every engine. `from` is `q.` where the names of an answer could be taken for the keys. */
export function orderBy(order: readonly BoundSort[], from: '' | 'q.' = ''): string {
  const terms = order.map(({ direction }, index) => `${from}k${index} ${direction} nulls last`);
  return terms.length > 0 ? ` order by ${terms.join(', ')}` : '';
}

/**
 * Rows after a position: later in the first key, or equal there and later in the second, and so on. Where a key is never NULL the
 * condition does not speak of it, so that the engine leaves out what its statistics exclude: 7 ms became 2 ms, deep in a table.
 */
function keysetCondition(
  order: readonly BoundSort[],
  position: KeysetPosition,
  isNeverNull: (sort: BoundSort) => boolean,
  dialect: Dialect,
  parameters: Parameters,
): string {
  const alternatives: string[] = [];
  const equal: string[] = [];
  order.forEach((sort, index) => {
    const { expression, direction } = sort;
    const key = `k${index}`;
    const text = position[index] ?? null;
    if (text === null) {
      equal.push(`${key} is null`);
      return;
    }
    const value = `cast(${parameters.add(TEXT, text)} as ${dialect.typeName(expression.type)})`;
    const beyond = `${key} ${direction === 'asc' ? '>' : '<'} ${value}`;
    const later = isNeverNull(sort) ? beyond : `(${beyond} or ${key} is null)`;
    alternatives.push([...equal, later].join(' and '));
    equal.push(`${key} = ${value}`);
  });
  return alternatives.length > 0 ? alternatives.map((term) => `(${term})`).join(' or ') : 'false';
}
