import { XLSX_STYLES } from '@sluice/query-dsl';
import { PlannedExport } from '../../ports.js';
import { MAIN_NAMESPACE, XML_DECLARATION } from './package-parts.js';
import { textCell } from './xml-text.js';

export interface AboutWorkbook {
  readonly plan: Pick<PlannedExport, 'dataset' | 'columns' | 'queryHash' | 'policyVersion'> & {
    readonly query: Pick<PlannedExport['query'], 'timezone'>;
  };
  /** The query as the caller wrote it. */
  readonly queryDefinition: unknown;
  readonly rows: number;
  readonly sheets: number;
  readonly dataVersion: string;
  readonly made: Date;
}

/** What a reader has to know of how values are written. */
const NOTES: readonly string[] = [
  'An empty cell is NULL.',
  'Times are local to the time zone above. Dates before 1900-03-01 are texts, as are times before that day or after 9999, since Excel has no number for them.',
  'Whole numbers of more than 15 digits, decimals of more than 15 significant digits, NaN and Infinity are texts, so that no digit is lost.',
  'Texts of more than 32,767 characters are cut and end in "… [cut: N characters]".',
  'No cell is a formula.',
];

type Line = readonly (string | number)[];

/** The last sheet: what the file holds, under which rules, as of when (SPEC X10). Knows nothing beside the caller's own query and its plan. */
export function aboutSheet({
  plan,
  queryDefinition,
  rows,
  sheets,
  dataVersion,
  made,
}: AboutWorkbook): string {
  const masked = plan.columns.filter((column) => column.masked).map(({ name }) => name);
  const facts: readonly Line[] = [
    ['Dataset', plan.dataset],
    ['Rows', rows],
    ['Sheets with rows', sheets],
    ['Time zone', plan.query.timezone],
    ['Masked columns', masked.length > 0 ? masked.join(', ') : 'none'],
    ['Made at (UTC)', `${made.toISOString().slice(0, 19)}Z`],
    ['Policy version', plan.policyVersion],
    ['Data version', dataVersion],
    ['Query hash', plan.queryHash],
  ];
  const columns = plan.columns.map(({ name, type, masked }) => ['', name, masked ? `${type}, masked` : type]);
  const query = JSON.stringify(queryDefinition, null, 2)
    .split('\n')
    .map((line) => ['', line]);
  const notes = NOTES.map((note) => ['', note]);
  const lines = [...facts, ['Columns'], ...columns, ['Notes'], ...notes, ['Query'], ...query];
  return (
    `${XML_DECLARATION}<worksheet xmlns="${MAIN_NAMESPACE}"><sheetViews><sheetView showGridLines="0" workbookViewId="0"/></sheetViews>` +
    `<cols><col min="1" max="1" width="20" customWidth="1"/><col min="2" max="2" width="70" customWidth="1"/><col min="3" max="3" width="24" customWidth="1"/></cols>` +
    `<sheetData>${lines.map(rowXml).join('')}</sheetData></worksheet>`
  );
}

function rowXml(line: Line, index: number): string {
  const row = index + 1;
  const cells = line.map((value, column) => {
    const place = `${'ABC'.charAt(column)}${row}`;
    if (typeof value === 'number') return `<c r="${place}"><v>${value}</v></c>`;
    return value === '' ? '' : textCell(place, value, column === 0 ? XLSX_STYLES.header : XLSX_STYLES.plain);
  });
  return `<row r="${row}">${cells.join('')}</row>`;
}
