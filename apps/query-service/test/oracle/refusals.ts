import { Filter, isGrouped, Item, Node, nodesIn, nodesOfFilter, Query } from './tree.js';
import { Caller, columnAt, treatmentFor } from './world.js';

type Asked = Query & { readonly items: readonly Item[] };
type Column = Node & { readonly kind: 'column' };

/** The code with which a query is refused for what the caller may not see; null when it is answered. */
export function refusalOf(query: Asked, caller: Caller): string | null {
  const items = query.items.map(({ node }) => node);
  const sorted = query.sort.map(({ node }) => node);
  const filters = [query.filter, query.having].flatMap((filter) => filter ?? []);
  const nodes = [...[...items, ...sorted].flatMap(nodesIn), ...filters.flatMap(nodesOfFilter)];
  const columns = nodes.filter((node) => node.kind === 'column');
  const treatment = ({ path }: Column): string => treatmentFor(columnAt(path).column, caller.role);
  if (columns.some((column) => treatment(column) === 'deny')) return 'unknown-column';
  if ([...nodes.map(nodesIn), ...filters.flatMap(conditionsIn)].some((part) => namesForeigner(part, caller)))
    return 'tenant-forbidden';
  const bare = isGrouped(query) ? [] : items.filter((node) => node.kind === 'column');
  const used = [...items.filter((node) => !bare.includes(node as Column)), ...sorted];
  const seen = [...used.flatMap(nodesIn), ...filters.flatMap(nodesOfFilter)];
  return seen.some((node) => node.kind === 'column' && treatment(node) !== 'clear') ? 'column-masked' : null;
}

/** A condition as its nodes, itself first: a comparison of a filter stands for one of an expression. */
function conditionsIn(filter: Filter): readonly (readonly Node[])[] {
  if (filter.kind === 'not') return conditionsIn(filter.node);
  if (filter.kind !== 'condition') return filter.nodes.flatMap(conditionsIn);
  const { subject, values } = filter;
  const type = { kind: 'boolean' } as const;
  if (values.length === 0) return [];
  return [nodesIn({ kind: 'predicate', name: 'in', negated: false, operand: subject, values, type })];
}

function namesForeigner([condition, ...below]: readonly Node[], { tenants }: Caller): boolean {
  if (condition?.type.kind !== 'boolean' || !isTest(condition)) return false;
  const tenant = below.some((node) => node.kind === 'column' && isTenant(node));
  const texts = below.flatMap((node) =>
    node.kind === 'literal' && typeof node.value === 'string' ? [node.value] : [],
  );
  return tenant && texts.some((text) => !tenants.includes(text));
}

const isTest = (node: Node): boolean =>
  node.kind === 'comparison' ||
  (node.kind === 'predicate' && node.name !== 'is null') ||
  (node.kind === 'call' && node.name !== 'coalesce');

function isTenant({ path }: Column): boolean {
  return columnAt(path).table.tenant === path.at(-1);
}
