import { ExplainedColumn, ExplainedTable, QueryExplanation } from '@sluice/contracts';
import {
  BoundExpression,
  duckDbDialect,
  GovernedQuery,
  outputColumns,
  totalOrder,
  treatmentOf,
  walk,
} from '@sluice/query-dsl';
import { Plan } from '../page/plan.js';
import { ExpressionText } from './expression-text.js';
import { rowFiltersOf } from './row-filters.js';

type Described = Omit<QueryExplanation, 'estimatedRows' | 'cached' | 'wouldRefuse'>;

/** What a plan reads and makes, by the catalogue's names. */
export function describePlan({ query, governance, snapshot }: Plan): Described {
  const text = new ExpressionText(query);
  return {
    dataset: query.scans[0].dataset.name,
    tables: query.scans.map((_, index) => tableOf(query, index, text)),
    columns: columnsOf(query),
    groupedBy: query.grouped ? keyNames(query) : null,
    order: totalOrder(query).map(({ expression, direction }) => ({
      expression: text.of(expression),
      direction,
    })),
    policyVersion: governance.policy.version,
    dataVersion: snapshot.data.dataVersion,
  };
}

function tableOf(query: GovernedQuery, index: number, text: ExpressionText): ExplainedTable {
  const scan = query.scans[index] as GovernedQuery['scans'][0];
  return {
    dataset: scan.dataset.name,
    path: text.path(index).join('.'),
    columns: columnsRead(query, index),
    rowFilters: rowFiltersOf(query, scan),
  };
}

function columnsRead(query: GovernedQuery, scan: number): readonly string[] {
  const used: readonly (BoundExpression | null)[] = [
    ...query.items.map(({ expression }) => expression),
    ...totalOrder(query).map(({ expression }) => expression),
    query.filter,
    query.having,
  ];
  const names = used
    .flatMap((expression) => (expression ? [...walk(expression)] : []))
    .flatMap((node) => (node.kind === 'column' && node.scan === scan ? [node.name] : []));
  return [...new Set(names)];
}

function columnsOf(query: GovernedQuery): readonly ExplainedColumn[] {
  const outputs = outputColumns(query, duckDbDialect);
  return query.items.map(({ expression }, index) => {
    const output = outputs[index] as ExplainedColumn;
    const column =
      expression.kind === 'column'
        ? query.scans[expression.scan]?.dataset.columns.get(expression.name)
        : undefined;
    return { ...output, treatment: treatmentOf(query, expression), dataClass: column?.dataClass ?? null };
  });
}

/** Names of the items that are no aggregate. */
function keyNames(query: GovernedQuery): readonly string[] {
  return query.items
    .filter(({ expression }) => [...walk(expression)].every(({ kind }) => kind !== 'aggregate'))
    .map(({ name }) => name);
}
