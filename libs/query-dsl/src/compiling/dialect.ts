import { ColumnType, Dataset } from '@sluice/catalog';
import { AggregateName, OperationName } from '../binding/bound.js';
import { Treatment } from '../governed-query.js';
import { CellPlace } from './xlsx-cells.js';

/** How one engine spells things. Takes and gives SQL; arguments are already compiled and need no brackets. */
export interface Dialect {
  /** Quotes a name of the catalogue or of the answer. Throws a RangeError for one that no identifier can hold. */
  quote(identifier: string): string;
  table(dataset: Dataset): string;
  typeName(type: ColumnType): string;
  /** A total template: where the engine would raise on a row, it gives NULL. */
  operation(
    name: OperationName,
    args: readonly string[],
    type: ColumnType,
    argTypes: readonly ColumnType[],
  ): string;
  /** Whether a value is in a list parameter; NULL for NULL. `isArgument` tells that an operation takes the outcome. */
  member(value: string, list: string, isArgument: boolean): string;
  /** A list parameter of local times, as a list of instants. */
  instants(list: string, zone: string): string;
  aggregate(name: AggregateName, args: readonly string[], type: ColumnType): string;
  /** What stands in the innermost select for a treated column; `type` is that of the column as it is. */
  treat(treatment: Exclude<Treatment, 'hash'>, column: string, type: ColumnType): string;
  /**
   * HMAC-SHA-256 (hex) of a column's text as the API writes it, times in UTC; NULL for NULL.
   *
   * @param pads placeholders of the padded keys, 64 bytes each as hex text
   */
  keyedHash(
    column: string,
    type: ColumnType,
    pads: { readonly inner: string; readonly outer: string },
  ): string;
  /** Type of a treated column. */
  treatedType(treatment: Treatment, type: ColumnType): ColumnType;
  /** A value as JSON text, or NULL. `zone` is the placeholder of the time zone, or null for UTC. */
  jsonText(value: string, type: ColumnType, quoteNumbers: boolean, zone: string | null): string;
  /** A value as CSV has it. `defuse` keeps spreadsheets from running text as a formula. */
  csvValue(value: string, type: ColumnType, defuse: boolean, zone: string | null): string;
  /** A value as a file has it that knows types: an instant says that it is one, an infinite time is NULL, as in every answer. */
  typedValue(value: string, type: ColumnType): string;
  /** A value as the XML of a worksheet's cell, without a line break; NULL for NULL. A text must be one that `xlsxText` gave. */
  xlsxCell(value: string, type: ColumnType, place: CellPlace, zone: string | null): string;
  /** A text, cut visibly where it is longer than a cell can hold. */
  xlsxText(text: string): string;
  /** A text as its UTF-8 bytes; NULL for NULL. */
  bytes(text: string): string;
  /** True for about one row in `share`: always the same rows, told by their keys alone. */
  inSample(keys: readonly string[], share: number): string;
}
