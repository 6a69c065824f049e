export { type Parameter, type ScalarValue, type Statement } from './statement.js';
export { LIMITS } from './limits.js';
export { refusal } from './refusal.js';
export { suggest } from './suggest.js';
export { readQuery, type Purpose } from './syntax/read-query.js';
export { CONDITION_OPERATORS, type QuerySyntax } from './syntax/query-syntax.js';
export { bindQuery, type BindingContext } from './binding/bind-query.js';
export {
  childrenOf,
  rootsOf,
  walk,
  type BoundExpression,
  type BoundItem,
  type BoundQuery,
  type ColumnUse,
  type Scan,
} from './binding/bound.js';
export { literal, operation } from './binding/nodes.js';
export {
  govern,
  treatmentOf,
  type GovernedQuery,
  type GovernedScan,
  type Treatment,
} from './governed-query.js';
export { type Dialect } from './compiling/dialect.js';
export { duckDbDialect } from './compiling/duckdb-dialect.js';
export { compilePage, type KeysetPosition } from './compiling/compile-page.js';
export { compileCount } from './compiling/compile-count.js';
export { compileCsvExport } from './compiling/compile-export.js';
export { totalOrder } from './compiling/total-order.js';
export { clockHash, hash, queryHash, viewHash } from './canonical.js';
export { openCursor, sealCursor } from './cursor.js';
export { outputColumns } from './output-columns.js';
