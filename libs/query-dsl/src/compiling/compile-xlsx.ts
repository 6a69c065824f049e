import { ColumnType } from '@sluice/catalog';
import { GovernedQuery, treatmentOf } from '../governed-query.js';
import { Statement } from '../statement.js';
import { compileCore } from './compile-core.js';
import { orderBy } from './compile-page.js';
import { Dialect } from './dialect.js';
import { Parameters } from './expression-compiler.js';
import { outputZone } from './output-zone.js';
import { totalOrder } from './total-order.js';
import { columnLetters, XLSX_LIMITS } from './xlsx-cells.js';

/**
 * All rows of a query, each as the `<row>` of a worksheet (ECMA-376, 18.3.1.73), in one text without a line break. Rows are numbered from
 * 2, since a header stands above, and from 2 again where a sheet is full. NULL is no cell at all. In the order of `compileCsvExport`.
 */
export function compileXlsxRows(query: GovernedQuery, dialect: Dialect): Statement {
  const parameters = new Parameters();
  const order = query.sort.length > 0 ? totalOrder(query) : [];
  const columns = [
    ...query.items.map(({ expression }, index) => ({ name: `c${index}`, expression })),
    ...order.map(({ expression }, index) => ({ name: `k${index}`, expression })),
  ];
  const core = compileCore(query, columns, dialect, parameters);
  // Numbered as they come: an order beside the numbering would apply after it.
  const rows = order.length > 0 ? `(select * from (${core}) q${orderBy(order)}) q` : `(${core}) q`;
  const zone = outputZone(query, dialect, parameters);
  const types: readonly ColumnType[] = query.items.map(({ expression }) =>
    dialect.treatedType(treatmentOf(query, expression), expression.type),
  );
  const values = types.map(({ kind }, index) =>
    kind === 'text' ? `${dialect.xlsxText(`c${index}`)} as c${index}` : `c${index}`,
  );
  const number = `cast(2 + (row_number() over () - 1) % ${XLSX_LIMITS.rowsPerSheet} as varchar) as n`;
  const cells = types.map((type, index) =>
    dialect.xlsxCell(`c${index}`, type, { column: columnLetters(index), row: 'n' }, zone),
  );
  return {
    sql: `select concat('<row r="', n, '">', ${cells.join(', ')}, '</row>') from (select ${[number, ...values].join(', ')} from ${rows}) r`,
    parameters: parameters.list,
  };
}
