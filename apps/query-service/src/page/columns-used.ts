import { BoundExpression, GovernedQuery, walk } from '@sluice/query-dsl';

export interface UsedColumns {
  readonly columns: readonly string[];
  readonly masks: readonly string[];
}

/** Of queries whose plans are remembered; it lives as long as they do. */
const known = new WeakMap<GovernedQuery, UsedColumns>();

/** Which columns a query reads, for the record: by name, since the text of an expression may hold values. */
export function columnsUsed(query: GovernedQuery): UsedColumns {
  const used = known.get(query) ?? readColumns(query);
  known.set(query, used);
  return used;
}

function readColumns(query: GovernedQuery): UsedColumns {
  const columns = new Map<string, boolean>();
  const expressions: readonly (BoundExpression | null)[] = [
    ...query.items.map(({ expression }) => expression),
    ...query.sort.map(({ expression }) => expression),
    query.filter,
    query.having,
  ];
  for (const expression of expressions) {
    for (const node of expression ? walk(expression) : []) {
      const scan = node.kind === 'column' ? query.scans[node.scan] : undefined;
      if (node.kind !== 'column' || !scan) continue;
      columns.set(`${scan.dataset.name}.${node.name}`, scan.treatments.get(node.name) !== 'clear');
    }
  }
  const masks = [...columns].filter(([, masked]) => masked).map(([name]) => name);
  return { columns: [...columns.keys()], masks };
}
