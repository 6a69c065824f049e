import { hash as digest } from 'node:crypto';
import { BoundExpression, hasAggregate, rootsOf, walk } from './binding/bound.js';
import { GovernedQuery, GovernedScan } from './governed-query.js';

/**
 * SHA-256 (hex) of what is asked: equal for two spellings of one query, whatever page, form or caller. Values that came from the
 * clock count by their names, so that the pages of one walk, and two submissions of one export, ask the same.
 */
export function queryHash(query: GovernedQuery): string {
  return hash(questionOf(query, describer(query, 'named')));
}

/** SHA-256 (hex) of what is asked and computed: as `queryHash`, with what the clock said, to the policy too. */
export function planHash(query: GovernedQuery): string {
  const text = describer(query, 'told');
  return hash([questionOf(query, text), query.scans.map(({ predicates }) => predicates.map(text))]);
}

/**
 * SHA-256 (hex) of what the number of rows depends on: filter, groups, and the rows that the caller may see of the tables these
 * need. All pages, orders and forms of a query share it, and so do queries that only select other columns.
 */
export function totalHash(query: GovernedQuery, dataVersion: string): string {
  const text = describer(query, 'told');
  const keys = query.grouped
    ? query.items.map(({ expression }) => expression).filter((expression) => !hasAggregate(expression))
    : [];
  const counted = [query.filter, query.having, ...keys].flatMap((expression) => expression ?? []);
  const paths = pathsOf(query);
  const tables = [...scansOf(query, counted)].map((index) => {
    const { dataset, predicates, treatments } = query.scans[index] as GovernedQuery['scans'][0];
    const rows = [dataset.name, dataset.tenantColumn, predicates.map(text).sort()];
    return [paths[index], rows, sortedTreatments(treatments)];
  });
  return hash([
    'total',
    tables.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    query.filter && text(query.filter),
    query.having && text(query.having),
    query.grouped && [query.smallestGroup, [...new Set(keys.map(text))].sort()],
    query.maskKey?.fingerprint ?? null,
    dataVersion,
  ]);
}

/** SHA-256 (hex) of what the caller may see of it: rows, treatments, groups, and the version of the data. */
export function viewHash(query: GovernedQuery, dataVersion: string): string {
  const text = describer(query, 'named');
  return hash([
    query.scans.map(({ dataset, predicates, treatments }) => [
      dataset.name,
      dataset.tenantColumn,
      predicates.map(text),
      sortedTreatments(treatments),
    ]),
    query.smallestGroup,
    query.maskKey?.fingerprint ?? null,
    dataVersion,
  ]);
}

/**
 * SHA-256 (hex) of what policy gives the caller of all that the query reads: rows, treatments of the columns read, groups. Other columns
 * of the tables and the data do not count, so a file of the query may be handed out as long as this stays the same.
 */
export function policyHash(query: GovernedQuery): string {
  const text = describer(query, 'named');
  const read = new Set(
    rootsOf(query).flatMap((root) =>
      [...walk(root)].flatMap((node) => (node.kind === 'column' ? `${node.scan} ${node.name}` : [])),
    ),
  );
  return hash([
    query.scans.map(({ dataset, predicates, treatments }, scan) => [
      dataset.name,
      dataset.tenantColumn,
      predicates.map(text),
      sortedTreatments(treatments).filter(([name]) => read.has(`${scan} ${name}`)),
    ]),
    query.smallestGroup,
    query.maskKey?.fingerprint ?? null,
  ]);
}

/** SHA-256 (hex) over texts and nested lists of them. */
export function hash(parts: readonly unknown[]): string {
  return digest('sha256', JSON.stringify(parts), 'hex');
}

const sortedTreatments = (treatments: GovernedScan['treatments']): readonly (readonly [string, unknown])[] =>
  [...treatments].sort(([a], [b]) => (a < b ? -1 : 1));

type Describe = (expression: BoundExpression) => string;

function questionOf(query: GovernedQuery, text: Describe): readonly unknown[] {
  return [
    query.scans.map(({ dataset, via }) => [dataset.name, via && [via.scan, via.relation.name]]),
    query.items.map(({ name, expression }) => [name, text(expression)]),
    query.filter && text(query.filter),
    query.having && text(query.having),
    query.grouped,
    query.sort.map(({ expression, direction }) => [text(expression), direction]),
    query.timezone,
  ];
}

/** Texts that two expressions share exactly when they are the same; a table is called by its path, not by its place in the query. */
function describer(query: GovernedQuery, clock: 'named' | 'told'): Describe {
  const paths = pathsOf(query);
  return (expression) =>
    JSON.stringify(expression, function (this: { readonly clock?: unknown }, key, value: unknown) {
      if (key === 'pointer') return undefined;
      if (key === 'scan') return paths[Number(value)];
      if (key === 'value' && this.clock !== undefined && clock === 'named') return undefined;
      return typeof value === 'bigint' ? `${value}n` : value;
    });
}

/** The relations that lead to each scan, from the query's dataset on. */
function pathsOf({ scans }: GovernedQuery): readonly string[] {
  const paths: string[] = [];
  for (const { via } of scans) paths.push(via ? `${paths[via.scan]}/${via.relation.name}` : '');
  return paths;
}

/** The scans that expressions need: those they name and all on the way there. */
function scansOf(query: GovernedQuery, expressions: readonly BoundExpression[]): ReadonlySet<number> {
  const needed = new Set([0]);
  const need = (index: number): void => {
    needed.add(index);
    const via = query.scans[index]?.via;
    if (via) need(via.scan);
  };
  for (const expression of expressions) {
    for (const node of walk(expression)) if (node.kind === 'column') need(node.scan);
  }
  return needed;
}
