import { ColumnType } from '@sluice/catalog';
import { BoundSort } from '../binding/bound.js';
import { GovernedQuery, treatmentOf } from '../governed-query.js';
import { Statement } from '../statement.js';
import { compileCore } from './compile-core.js';
import { Dialect } from './dialect.js';
import { Parameters } from './expression-compiler.js';
import { orderBy } from './compile-page.js';
import { outputZone } from './output-zone.js';
import { rowText } from './page-text.js';
import { totalOrder } from './total-order.js';

/** Whether an export's rows have to come in an order: asked by `sort`, and then total, so that two runs give the same file. */
export const isOrdered = (query: GovernedQuery): boolean => query.sort.length > 0;

/** Whether each row of an export is made of one row of one dataset, as it comes: the engine then has nothing to hold. */
export const isRowByRow = (query: GovernedQuery): boolean =>
  !isOrdered(query) && !query.grouped && query.scans.length === 1;

/** All rows of a query, each value as CSV has it, under the names of the answer. */
export function compileCsvExport(
  query: GovernedQuery,
  options: { readonly rawText: boolean },
  dialect: Dialect,
): Statement {
  const parameters = new Parameters();
  const from = compileRows(query, dialect, parameters);
  const zone = outputZone(query, dialect, parameters);
  const values = columnsOf(query, dialect).map(({ name, value, type }) => {
    const header = options.rawText ? name : name.replace(/^(?=[=+\-@＝＋－＠])/u, "'");
    return `${dialect.csvValue(value, type, !options.rawText, zone)} as ${dialect.quote(header)}`;
  });
  return { sql: `select ${values.join(', ')} ${from}`, parameters: parameters.list };
}

/**
 * All rows of a query, each as the one text that a JSON page has for it, on a single line; `ending` is put at the end of each. The texts
 * are the page's own, so that a row is the same, to the byte, in a page and in a file.
 */
export function compileJsonExport(query: GovernedQuery, ending: '' | ',', dialect: Dialect): Statement {
  const parameters = new Parameters();
  const from = compileRows(query, dialect, parameters);
  const line = rowText(query, 'json', dialect, parameters, ending);
  return { sql: `select ${line} as line ${from}`, parameters: parameters.list };
}

/** All rows of a query, each value in its own type, under the names of the answer; for files that know types. */
export function compileTypedExport(query: GovernedQuery, dialect: Dialect): Statement {
  const parameters = new Parameters();
  const from = compileRows(query, dialect, parameters);
  const values = columnsOf(query, dialect).map(
    ({ name, value, type }) => `${dialect.typedValue(value, type)} as ${dialect.quote(name)}`,
  );
  return { sql: `select ${values.join(', ')} ${from}`, parameters: parameters.list };
}

/** The rows as `c0`, `c1`, …, with whatever puts them in order. */
function compileRows(query: GovernedQuery, dialect: Dialect, parameters: Parameters): string {
  const order: readonly BoundSort[] = isOrdered(query) ? totalOrder(query) : [];
  const columns = [
    ...query.items.map(({ expression }, index) => ({ name: `c${index}`, expression })),
    ...order.map(({ expression }, index) => ({ name: `k${index}`, expression })),
  ];
  return `from (${compileCore(query, columns, dialect, parameters)}) q${orderBy(order, 'q.')}`;
}

function columnsOf(
  query: GovernedQuery,
  dialect: Dialect,
): readonly { readonly name: string; readonly value: string; readonly type: ColumnType }[] {
  return query.items.map(({ name, expression }, index) => {
    const type = dialect.treatedType(treatmentOf(query, expression), expression.type);
    return { name, value: `c${index}`, type };
  });
}
