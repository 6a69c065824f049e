import { GovernedQuery, treatmentOf } from '../governed-query.js';
import { Statement } from '../statement.js';
import { compileCore } from './compile-core.js';
import { Dialect } from './dialect.js';
import { Parameters } from './expression-compiler.js';
import { orderBy } from './compile-page.js';
import { outputZone } from './output-zone.js';
import { totalOrder } from './total-order.js';

/**
 * All rows of a query, each value as CSV has it, under the names of the answer. Without `sort` the rows come as they are stored;
 * with it the order is total, so that two runs over the same data give the same file.
 */
export function compileCsvExport(
  query: GovernedQuery,
  options: { readonly rawText: boolean },
  dialect: Dialect,
): Statement {
  const parameters = new Parameters();
  const order = query.sort.length > 0 ? totalOrder(query) : [];
  const columns = [
    ...query.items.map(({ expression }, index) => ({ name: `c${index}`, expression })),
    ...order.map(({ expression }, index) => ({ name: `k${index}`, expression })),
  ];
  const core = compileCore(query, columns, dialect, parameters);
  const zone = outputZone(query, dialect, parameters);
  const values = query.items.map(({ name, expression }, index) => {
    const type = dialect.treatedType(treatmentOf(query, expression), expression.type);
    const header = options.rawText ? name : name.replace(/^(?=[=+\-@＝＋－＠])/u, "'");
    return `${dialect.csvValue(`c${index}`, type, !options.rawText, zone)} as ${dialect.quote(header)}`;
  });
  return {
    sql: `select ${values.join(', ')} from (${core}) q${orderBy(order)}`,
    parameters: parameters.list,
  };
}
