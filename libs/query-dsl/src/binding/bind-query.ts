import { Catalog, Column, ColumnType, Dataset } from '@sluice/catalog';
import { SluiceError } from '@sluice/contracts';
import { refusal } from '../refusal.js';
import { suggest } from '../suggest.js';
import { Place } from '../syntax/expression.js';
import { QuerySyntax, SortSyntax } from '../syntax/query-syntax.js';
import { ExpressionBinder } from './bind-expression.js';
import { bindFilter } from './bind-filter.js';
import { BoundExpression, BoundItem, BoundQuery, BoundSort, childrenOf, hasAggregate } from './bound.js';
import { clockAt } from './clock.js';
import { Scope } from './scope.js';
import { sameExpression } from './same-expression.js';

export interface BindingContext {
  readonly catalog: Catalog;
  /** Whether a column exists for the caller; what policy denies does not. */
  readonly visible: (dataset: Dataset, column: Column) => boolean;
  /** The type under which the caller sees a column; that of the catalogue when left out. */
  readonly typeSeen?: (column: Column) => ColumnType;
  /** Where the query stands in the request: prefix of every pointer. */
  readonly pointer: string;
  /** When the query is asked, or was asked first: microseconds since 1970. */
  readonly now: bigint;
}

/** Looks all names up, checks all types, and decides the grouping (SPEC Q3–Q6). */
export function bindQuery(query: QuerySyntax, context: BindingContext): BoundQuery {
  const scope = new Scope(context.catalog, datasetOf(query, context), context.visible, context.typeSeen);
  const frame = { scope, timezone: query.timezone, clock: clockAt(context.now, query.timezone) };
  const binder = new ExpressionBinder(frame);
  const items = bindItems(query, scope, binder, context.pointer);
  const named = new ExpressionBinder(frame, aliasesOf(items, scope));
  const filter = query.filter && bindFilter(query.filter, binder);
  const having = query.having && bindFilter(query.having, named);
  const sort = query.sort.map((item) => bindSort(item, named));
  const grouped =
    items.some(({ expression }) => hasAggregate(expression)) ||
    sort.some(({ expression }) => hasAggregate(expression)) ||
    having !== null ||
    query.distinct;
  const parts = { items, filter, having, sort, grouped };
  checkAggregates(query, parts, context.pointer);
  return {
    scans: scope.scans,
    items,
    filter,
    having,
    grouped,
    sort,
    page: query.page,
    count: query.count,
    timezone: query.timezone,
    askedAt: frame.clock.asOf,
    rows: query.rows,
    numbers: query.numbers,
  };
}

function datasetOf(query: QuerySyntax, { catalog, pointer }: BindingContext): Dataset {
  const place = { pointer: `${pointer}/dataset` };
  const name = query.dataset ?? catalog.defaultDataset;
  if (name === null)
    throw refusal('invalid-request', '"dataset" is required: the catalogue names no default.', place);
  const dataset = catalog.datasets.get(name);
  if (dataset) return dataset;
  const message = `There is no dataset "${name.slice(0, 64)}".`;
  throw refusal('unknown-dataset', message, place, suggest(name, catalog.datasets.keys()));
}

function bindItems(
  query: QuerySyntax,
  scope: Scope,
  binder: ExpressionBinder,
  pointer: string,
): readonly BoundItem[] {
  if (query.select) {
    return query.select.map(({ expression, name, place }) => ({
      name,
      expression: binder.bind(expression),
      pointer: place.pointer,
    }));
  }
  const place: Place = { pointer: `${pointer}/select` };
  return scope.columnsOf(scope.root).map(({ name }) => ({
    name,
    expression: scope.lookUp([name], place),
    pointer: place.pointer,
  }));
}

/** A column keeps its meaning: an alias that hides one would change what `having` and `sort` say. */
function aliasesOf(items: readonly BoundItem[], scope: Scope): ReadonlyMap<string, BoundExpression> {
  const columns = new Set(scope.columnsOf(scope.root).map(({ name }) => name));
  return new Map(
    items.filter(({ name }) => !columns.has(name)).map(({ name, expression }) => [name, expression]),
  );
}

function bindSort({ expression, direction }: SortSyntax, binder: ExpressionBinder): BoundSort {
  return { expression: binder.bind(expression), direction };
}

type Parts = Pick<BoundQuery, 'items' | 'filter' | 'having' | 'sort' | 'grouped'>;

function checkAggregates(query: QuerySyntax, parts: Parts, pointer: string): void {
  if (parts.filter && hasAggregate(parts.filter)) {
    throw grouping('A filter cannot hold an aggregate: use "having".', `${pointer}/filter`);
  }
  if (!parts.grouped) return;
  const keys = parts.items
    .map(({ expression }) => expression)
    .filter((expression) => !hasAggregate(expression));
  for (const { expression, name, pointer: at } of parts.items) {
    if (hasAggregate(expression) && !isGrouped(expression, keys)) {
      throw grouping(`"${name}" mixes an aggregate with a column that is not a grouping key.`, at);
    }
  }
  parts.sort.forEach(({ expression }, index) => {
    if (isGrouped(expression, keys)) return;
    throw grouping(
      'A grouped query sorts by its aggregates and selected columns.',
      query.sort[index]?.place.pointer ?? pointer,
    );
  });
  if (parts.having && !isGrouped(parts.having, keys)) {
    throw grouping('"having" may use aggregates and selected columns only.', `${pointer}/having`);
  }
}

/** Whether each column of an expression stands inside an aggregate or a grouping key. */
function isGrouped(expression: BoundExpression, keys: readonly BoundExpression[]): boolean {
  if (expression.kind === 'aggregate' || keys.some((key) => sameExpression(key, expression))) return true;
  if (expression.kind === 'column') return false;
  return childrenOf(expression).every((child) => isGrouped(child, keys));
}

const grouping = (message: string, pointer: string): SluiceError =>
  refusal('invalid-grouping', message, { pointer });
