import { OutputColumn } from '@sluice/contracts';
import { columnLetters, XLSX_STYLES } from '@sluice/query-dsl';
import { textCell } from './xml-text.js';
import { MAIN_NAMESPACE, XML_DECLARATION } from './package-parts.js';

/** What stands before the rows of a data sheet (ECMA-376, 18.3.1.99): a frozen header, and the widths. */
export function sheetHead(
  columns: readonly OutputColumn[],
  widths: readonly number[],
  isFirst: boolean,
): string {
  const cols = widths.map(
    (width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
  );
  const header = columns.map(({ name }, index) =>
    textCell(`${columnLetters(index)}1`, name, XLSX_STYLES.header),
  );
  return (
    `${XML_DECLARATION}<worksheet xmlns="${MAIN_NAMESPACE}"><sheetViews><sheetView ${isFirst ? 'tabSelected="1" ' : ''}workbookViewId="0">` +
    `<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft" activeCell="A2" sqref="A2"/>` +
    `</sheetView></sheetViews><cols>${cols.join('')}</cols><sheetData><row r="1">${header.join('')}</row>\n`
  );
}

/** What stands behind them: the filter; and no warning at texts that look like numbers, since they are texts on purpose. */
export function sheetTail(columns: number, rows: number): string {
  const range = dataRange(columns, rows);
  return `</sheetData><autoFilter ref="${range}"/><ignoredErrors><ignoredError sqref="${range}" numberStoredAsText="1"/></ignoredErrors></worksheet>`;
}

/** The cells of a data sheet, its header included. */
export function dataRange(columns: number, rows: number): string {
  return `A1:${columnLetters(columns - 1)}${rows + 1}`;
}
