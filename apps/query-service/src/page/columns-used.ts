import { BoundExpression, GovernedQuery, walk } from '@sluice/query-dsl';

/** Which columns a query reads, for the record: by name, since the text of an expression may hold values. */
export function columnsUsed(query: GovernedQuery): {
  readonly columns: readonly string[];
  readonly masks: readonly string[];
} {
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
