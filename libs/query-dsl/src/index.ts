export { type Parameter, type ScalarValue, type Statement } from './statement.js';
export { LIMITS } from './limits.js';
export { refusal } from './refusal.js';
export { suggest } from './suggest.js';
export { readQuery, type Purpose } from './syntax/read-query.js';
export { readFilter } from './syntax/read-filter.js';
export { pointerTo } from './syntax/json-reader.js';
export { CONDITION_OPERATORS, type FilterSyntax, type QuerySyntax } from './syntax/query-syntax.js';
export { bindQuery, type BindingContext } from './binding/bind-query.js';
export { bindPredicate } from './binding/bind-predicate.js';
export {
  childrenOf,
  rootsOf,
  walk,
  type BoundExpression,
  type BoundItem,
  type BoundQuery,
  type BoundSort,
  type ColumnUse,
  type Scan,
} from './binding/bound.js';
export { literal, operation } from './binding/nodes.js';
export { sameExpression } from './binding/same-expression.js';
export {
  govern,
  treatmentOf,
  type GovernedQuery,
  type GovernedScan,
  type GovernedWhole,
  type Treatment,
} from './governed-query.js';
export { MaskKey } from './mask-key.js';
export { type Dialect } from './compiling/dialect.js';
export { duckDbDialect } from './compiling/duckdb-dialect.js';
export { compilePage, type KeysetPosition } from './compiling/compile-page.js';
export { compileCount } from './compiling/compile-count.js';
export { compileSample } from './compiling/compile-sample.js';
export { ownRows } from './compiling/own-rows.js';
export { csvHeader } from './compiling/page-text.js';
export {
  compileCsvExport,
  compileJsonExport,
  compileTypedExport,
  isOrdered,
  isRowByRow,
} from './compiling/compile-export.js';
export { compileXlsxRows } from './compiling/compile-xlsx.js';
export { columnLetters, XLSX_LIMITS, XLSX_STYLES } from './compiling/xlsx-cells.js';
export { compileFieldsExport, FIELD_SIGNS } from './compiling/compile-fields.js';
export { totalOrder } from './compiling/total-order.js';
export { hash, planHash, policyHash, queryHash, totalHash, viewHash } from './canonical.js';
export { CURSOR_HOURS, openCursor, sealCursor, type CursorContent, type OpenedCursor } from './cursor.js';
export { outputColumns } from './output-columns.js';
