import { ColumnType } from '@sluice/catalog';
import { PageForm } from '@sluice/contracts';
import { GovernedQuery, treatmentOf } from '../governed-query.js';
import { Dialect } from './dialect.js';
import { Parameters } from './expression-compiler.js';
import { outputZone } from './output-zone.js';

/** What stands between two rows of a page, as SQL. */
export const ROW_SEPARATORS: Readonly<Record<PageForm, string>> = {
  json: `','`,
  csv: `chr(13) || chr(10)`,
  ndjson: `chr(10)`,
};

/** The text of a row, from the columns `c0`, `c1`, …, `ending` after it in JSON. Names of the answer are values here, not identifiers. */
export function rowText(
  query: GovernedQuery,
  form: PageForm,
  dialect: Dialect,
  parameters: Parameters,
  ending: '' | ',' = '',
): string {
  const zone = outputZone(query, dialect, parameters);
  const typeOf = (index: number): ColumnType => {
    const expression = (query.items[index] as GovernedQuery['items'][0]).expression;
    return dialect.treatedType(treatmentOf(query, expression), expression.type);
  };
  return form === 'csv'
    ? csvText(query, typeOf, zone, dialect)
    : jsonText(query, typeOf, zone, dialect, parameters, ending);
}

type TypeOf = (index: number) => ColumnType;

function jsonText(
  query: GovernedQuery,
  typeOf: TypeOf,
  zone: string | null,
  dialect: Dialect,
  parameters: Parameters,
  ending: '' | ',',
): string {
  const isObject = query.rows === 'object';
  const parts = query.items.flatMap(({ name }, index) => {
    const text = dialect.jsonText(`c${index}`, typeOf(index), query.numbers === 'string', zone);
    const opening = index > 0 ? ',' : isObject ? '{' : '[';
    const before = isObject ? parameters.text(`${opening}${JSON.stringify(name)}:`) : `'${opening}'`;
    return [before, `coalesce(${text}, 'null')`];
  });
  return `concat(${[...parts, `'${isObject ? '}' : ']'}${ending}'`].join(', ')})`;
}

/** RFC 4180: a text is quoted where it must be and where it is empty, so that NULL, which is nothing, stays apart from it. */
function csvText(query: GovernedQuery, typeOf: TypeOf, zone: string | null, dialect: Dialect): string {
  const fields = query.items.map((_, index) => {
    const type = typeOf(index);
    const value = dialect.csvValue(`c${index}`, type, true, zone);
    return type.kind === 'text' ? quotedWhereNeeded(value) : `cast(${value} as varchar)`;
  });
  // A row of one NULL would be an empty line, which readers leave out.
  if (fields.length === 1) return `coalesce(${fields[0]}, '""')`;
  return `concat(${fields.join(`, ',', `)})`;
}

function quotedWhereNeeded(value: string): string {
  const special = [`'"'`, `','`, 'chr(13)', 'chr(10)'].map((text) => `contains(${value}, ${text})`);
  return `case when ${value} = '' or ${special.join(' or ')} then '"' || replace(${value}, '"', '""') || '"' else ${value} end`;
}

/** The header of a CSV page: names that a spreadsheet would run are defused like any text. */
export function csvHeader(names: readonly string[]): string {
  return names
    .map((name) => name.replace(/^(?=[=+\-@＝＋－＠])/u, "'"))
    .map((name) => (name === '' || /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name))
    .join(',');
}
