import { GovernedQuery, treatmentOf } from '../governed-query.js';
import { Statement } from '../statement.js';
import { compileCore } from './compile-core.js';
import { orderBy } from './compile-page.js';
import { Dialect } from './dialect.js';
import { Parameters } from './expression-compiler.js';
import { outputZone } from './output-zone.js';
import { totalOrder } from './total-order.js';

/** Signs with a meaning in a row of fields. None of them can come from a value: there they are U+FFFD, as no page shows them anyway. */
export const FIELD_SIGNS = {
  /** The whole field of a NULL. */
  null: '\x1d',
  /** A line feed within a field. */
  lineBreak: '\x1e',
  /** Between two fields. */
  separator: '\x1f',
} as const;

const NULL = 'chr(29)';
const LINE_BREAK = 'chr(30)';
const SEPARATOR = 'chr(31)';
const LINE_FEED = 'chr(10)';
const REPLACEMENT = 'chr(65533)';

/**
 * All rows of a query, each one text without a line feed: its fields, each as CSV has it but for formulas, between the signs of
 * FIELD_SIGNS. Of texts only the first `longest` characters are given. Rows come in the order of `compileCsvExport`.
 */
export function compileFieldsExport(query: GovernedQuery, longest: number, dialect: Dialect): Statement {
  const parameters = new Parameters();
  const order = query.sort.length > 0 ? totalOrder(query) : [];
  const columns = [
    ...query.items.map(({ expression }, index) => ({ name: `c${index}`, expression })),
    ...order.map(({ expression }, index) => ({ name: `k${index}`, expression })),
  ];
  const core = compileCore(query, columns, dialect, parameters);
  const zone = outputZone(query, dialect, parameters);
  const fields = query.items.map(({ expression }, index) => {
    const type = dialect.treatedType(treatmentOf(query, expression), expression.type);
    const value = dialect.csvValue(`c${index}`, type, false, zone);
    const text = type.kind === 'text' ? plainText(value, longest) : `cast(${value} as varchar)`;
    return `coalesce(${text}, ${NULL})`;
  });
  return {
    sql: `select concat(${fields.join(`, ${SEPARATOR}, `)}) as line from (${core}) q${orderBy(order)}`,
    parameters: parameters.list,
  };
}

/** Replacing costs ten times what looking costs, 2.4 s against 0.2 for a million short texts, and few texts need it. */
function plainText(value: string, longest: number): string {
  const signs = [LINE_FEED, NULL, LINE_BREAK, SEPARATOR].map((sign) => `contains(${value}, ${sign})`);
  const guarded = [NULL, LINE_BREAK, SEPARATOR].reduce(
    (text, sign) => `replace(${text}, ${sign}, ${REPLACEMENT})`,
    `left(${value}, ${longest})`,
  );
  const plain = `replace(${guarded}, ${LINE_FEED}, ${LINE_BREAK})`;
  return `case when length(${value}) > ${longest} or ${signs.join(' or ')} then ${plain} else ${value} end`;
}
