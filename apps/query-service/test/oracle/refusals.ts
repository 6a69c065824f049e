import { childrenOf, Filter, isGrouped, Item, Node, nodesIn, nodesOfFilter, Query } from './tree.js';
import { Caller, columnAt, treatmentFor } from './world.js';

type Asked = Query & { readonly items: readonly Item[] };
type Column = Node & { readonly kind: 'column' };
type Condition = Filter & { readonly kind: 'condition' };

/** The code with which a query is refused for what the caller may not see; null when it is answered. */
export function refusalOf(query: Asked, caller: Caller): string | null {
  const items = query.items.map(({ node }) => node);
  const sorted = query.sort.map(({ node }) => node);
  const filters = [query.filter, query.having].flatMap((filter) => filter ?? []);
  const conditions = filters.flatMap(conditionsOf);
  const nodes = [...[...items, ...sorted].flatMap(nodesIn), ...filters.flatMap(nodesOfFilter)];
  const treatment = ({ path }: Column): string => treatmentFor(columnAt(path).column, caller.role);
  if (nodes.some((node) => node.kind === 'column' && treatment(node) === 'deny')) return 'unknown-column';
  if ([...nodes, ...conditions.flatMap(asTest)].some((node) => namesForeigner(node, caller)))
    return 'tenant-forbidden';
  const isBare = ({ kind }: Node): boolean => kind === 'column' && !isGrouped(query);
  const roots = [...items.filter((node) => !isBare(node)), ...sorted];
  const uses = [
    ...roots.flatMap((root) => usesIn(root, null)),
    ...conditions.flatMap((condition) => usesIn(condition.subject, condition)),
  ];
  const isAllowed = ({ column, parent }: Use): boolean =>
    treatment(column) === 'clear' || (treatment(column) === 'hash' && hashAnswers(parent));
  return uses.every(isAllowed) ? null : 'column-masked';
}

interface Use {
  readonly column: Column;
  /** What the column stands directly in; null when it stands by itself. */
  readonly parent: Node | Condition | null;
}

function usesIn(node: Node, parent: Use['parent']): readonly Use[] {
  if (node.kind === 'column') return [{ column: node, parent }];
  return childrenOf(node).flatMap((child) => usesIn(child, node));
}

/** A hash tells equal from different, and whether there is a value. */
function hashAnswers(parent: Use['parent']): boolean {
  switch (parent?.kind) {
    case undefined:
      return true;
    case 'aggregate':
      return ['count', 'count_distinct'].includes(parent.name);
    case 'condition':
      return ['eq', 'ne', 'in', 'notIn', 'isNull', 'isNotNull'].includes(parent.op);
    case 'predicate':
      return parent.name === 'in' || parent.name === 'is null';
    case 'comparison':
      return (
        ['=', '<>'].includes(parent.operator) &&
        [parent.left, parent.right].some(({ kind }) => kind === 'literal')
      );
    default:
      return false;
  }
}

function conditionsOf(filter: Filter): readonly Condition[] {
  if (filter.kind === 'not') return conditionsOf(filter.node);
  return filter.kind === 'condition' ? [filter] : filter.nodes.flatMap(conditionsOf);
}

/** A comparison of a filter stands for one of an expression. */
const asTest = ({ subject, values }: Condition): readonly Node[] =>
  values.length === 0
    ? []
    : [
        {
          kind: 'predicate',
          name: 'in',
          negated: false,
          operand: subject,
          values,
          type: { kind: 'boolean' },
        },
      ];

function namesForeigner(node: Node, { tenants }: Caller): boolean {
  if (!isTest(node)) return false;
  const met = partsOf(node).flatMap(meetingIn);
  const tenant = met.some((part) => part.kind === 'column' && isTenant(part));
  const texts = met.flatMap((part) =>
    part.kind === 'literal' && part.type.kind === 'text' ? [String(part.value)] : [],
  );
  return tenant && texts.some((text) => !tenants.includes(text));
}

/** Conditions compare for themselves. */
const meetingIn = (node: Node): readonly Node[] =>
  node.type.kind === 'boolean' && !['column', 'literal', 'case'].includes(node.kind)
    ? []
    : [node, ...partsOf(node).flatMap(meetingIn)];

/** Of what a value is made: not of the conditions that choose it, of units of time or of what orders the rows. */
function partsOf(node: Node): readonly Node[] {
  if (node.kind === 'case')
    return [...node.branches.map(({ then }) => then), ...(node.otherwise ? [node.otherwise] : [])];
  if (node.kind === 'aggregate') return node.args.slice(0, 1);
  return node.kind === 'call' && node.name.startsWith('date_') ? node.args.slice(1) : childrenOf(node);
}

const isTest = (node: Node): boolean =>
  node.kind === 'comparison' ||
  (node.kind === 'predicate' && node.name !== 'is null') ||
  (node.kind === 'call' &&
    (node.name === 'nullif' || (node.type.kind === 'boolean' && node.name !== 'coalesce')));

function isTenant({ path }: Column): boolean {
  return columnAt(path).table.tenant === path.at(-1);
}
