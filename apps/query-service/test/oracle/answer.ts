import { MASK_KEY } from '../running-service.js';
import { aggregate, Members, slackOf } from './aggregates.js';
import { evaluate, evaluateFilter, Place } from './evaluate.js';
import { refusalOf } from './refusals.js';
import { childrenOf, holdsAggregate, isGrouped, Item, Node, Query } from './tree.js';
import { hashOf, hidden } from './treatments.js';
import { TEXT, Type, Value } from './types.js';
import { compareValues, identityOf } from './values.js';
import {
  Caller,
  columnAt,
  Row,
  Rows,
  seesRow,
  SMALLEST_GROUP,
  TABLES,
  Treatment,
  treatmentFor,
  World,
} from './world.js';

/** A value that is expected, and how far a double may be off it. */
export interface Cell {
  readonly value: Value;
  readonly slack: number;
}

export type Expected =
  | { readonly kind: 'refused'; readonly code: string }
  | {
      readonly kind: 'answered';
      readonly columns: readonly { readonly type: Type; readonly treatment: Treatment }[];
      /** All rows, in order, over all pages. */
      readonly rows: readonly (readonly Cell[])[];
      /** Whether rows were brought together, so that a zero may have either sign. */
      readonly grouped: boolean;
    };

/** Rules that a test may break on purpose, to see that the comparison notices. */
export interface Rules {
  readonly nulls: 'last' | 'first';
  /** What a condition that is NULL counts for. */
  readonly unknown: boolean;
  /** Whose rows there are. */
  readonly tenants: 'own' | 'all';
  readonly rowFilters: boolean;
  readonly smallestGroups: boolean;
  readonly maskKey: Uint8Array;
}

export const RULES: Rules = {
  nulls: 'last',
  unknown: false,
  tenants: 'own',
  rowFilters: true,
  smallestGroups: true,
  maskKey: MASK_KEY,
};

/** What the API must answer: by plain loops over the rows, with nothing of the compiler or the engine. */
export function answer(query: Query, world: World, caller: Caller, rules: Rules = RULES): Expected {
  const items = query.items ?? allColumns(caller);
  const code = refusalOf({ ...query, items }, caller);
  if (code !== null) return { kind: 'refused', code };
  const grouped = isGrouped({ ...query, items });
  const places = visible(world.rows, caller, rules).map((row) =>
    placeOf(row, world, { caller, rules, zone: query.timezone }),
  );
  const { filter } = query;
  const kept = filter ? places.filter((place) => evaluateFilter(filter, place) ?? rules.unknown) : places;
  const found = grouped
    ? groupsOf(query, items, kept, {
        now: world.now,
        least: rules.smallestGroups ? SMALLEST_GROUP[caller.role] : 1,
      })
    : kept;
  const sorted = [...found].sort((a, b) => compareBy(orderOf(query, items, grouped), a, b, rules));
  return {
    kind: 'answered',
    grouped,
    columns: items.map(({ node }) => ({
      type: treatmentOf(node, caller) === 'clear' ? node.type : TEXT,
      treatment: treatmentOf(node, caller),
    })),
    rows: sorted.map((place) => items.map(({ node }) => cellOf(node, place, caller))),
  };
}

export function allColumns({ role }: Caller): readonly Item[] {
  return TABLES.facts.columns
    .filter((column) => treatmentFor(column, role) !== 'deny')
    .map(({ name, type }) => ({ node: { kind: 'column', path: [name], type }, alias: null }));
}

interface Group extends Place {
  readonly slack: (node: Node & { readonly kind: 'aggregate' }) => number;
}

/** In the order of the key, which `first` and `last` go by. */
const visible = (rows: Rows, { tenants, role }: Caller, rules: Rules): readonly Row[] =>
  rows.facts
    .filter((row) => rules.tenants === 'all' || tenants.includes(String(row['tenant_id'])))
    .filter((row) => !rules.rowFilters || seesRow(role, TABLES.facts, row))
    .sort((a, b) => {
      const orders = TABLES.facts.key.map((name) => compareValues(a[name] ?? '', b[name] ?? ''));
      return orders.find((order) => order !== 0) ?? 0;
    });

interface View {
  readonly caller: Caller;
  readonly rules: Rules;
  readonly zone: string;
}

/** A row and what hangs on it: a relation that leads nowhere, or to a row that is not seen, gives NULLs. */
function placeOf(fact: Row, { rows, now }: World, { caller, rules, zone }: View): Place {
  const column = (path: readonly string[]): Value => {
    let row: Row | undefined = fact;
    let table = TABLES.facts;
    for (const name of path.slice(0, -1)) {
      const relation = table.relations[name];
      if (!relation || !row) return null;
      const reference: Value | undefined = row[relation.column];
      table = TABLES[relation.table];
      const { tenant, key } = table;
      row = rows[relation.table].find(
        (target) =>
          target[key[0] ?? ''] === reference &&
          (tenant === null || caller.tenants.includes(String(target[tenant]))) &&
          (!rules.rowFilters || seesRow(caller.role, TABLES[relation.table], target)),
      );
    }
    const value = row?.[path.at(-1) ?? ''] ?? null;
    const { column: seen } = columnAt(path);
    return treatmentFor(seen, caller.role) === 'hash' ? hashOf(value, seen.type, rules.maskKey) : value;
  };
  return { zone, now, column, aggregate: () => null };
}

function groupsOf(
  query: Query,
  items: readonly Item[],
  places: readonly Place[],
  { now, least }: { readonly now: bigint; readonly least: number },
): readonly Group[] {
  const keys = items.map(({ node }) => node).filter((node) => !holdsAggregate(node));
  const groups = new Map<string, Place[]>();
  if (keys.length === 0) groups.set('', []);
  for (const place of places) {
    const identity = keys.map((key) => identityOf(evaluate(key, place))).join('\0');
    groups.set(identity, [...(groups.get(identity) ?? []), place]);
  }
  const { timezone } = query;
  const told = [...groups.values()].filter((members) => least <= 1 || members.length >= least);
  const made = told.map((members) => groupOf(members, timezone, now));
  const { having } = query;
  return having ? made.filter((group) => evaluateFilter(having, group) === true) : made;
}

function groupOf(members: readonly Place[], zone: string, now: bigint): Group {
  const values = ({ args }: Node & { readonly kind: 'aggregate' }): Members =>
    members.map((place) => args.map((arg) => evaluate(arg, place)));
  return {
    zone,
    now,
    column: (path) => members[0]?.column(path) ?? null,
    aggregate: (node) => aggregate(node, values(node)),
    slack: (node) => slackOf(node, values(node)),
  };
}

/** The asked order, then that of the key, so that it is total. */
function orderOf(query: Query, items: readonly Item[], grouped: boolean): Query['sort'] {
  const ties: readonly Node[] = grouped
    ? items.map(({ node }) => node).filter((node) => !holdsAggregate(node))
    : TABLES.facts.key.map((name) => ({ kind: 'column', path: [name], type: columnAt([name]).column.type }));
  return [...query.sort, ...ties.map((node) => ({ node, item: null, direction: 'asc' as const }))];
}

function compareBy(order: Query['sort'], a: Place, b: Place, rules: Rules): number {
  for (const { node, direction } of order) {
    const [left, right] = [evaluate(node, a), evaluate(node, b)];
    if (left === null && right === null) continue;
    if (left === null || right === null) return (left === null ? 1 : -1) * (rules.nulls === 'last' ? 1 : -1);
    const compared = compareValues(left, right);
    if (compared !== 0) return direction === 'asc' ? compared : -compared;
  }
  return 0;
}

function cellOf(node: Node, place: Place, caller: Caller): Cell {
  const value = evaluate(node, place);
  const treatment = treatmentOf(node, caller);
  if (treatment === 'clear' || treatment === 'hash') return { value, slack: slackIn(node, place) };
  return { value: hasRow(node, place) ? hidden(value, node.type, treatment) : null, slack: 0 };
}

/** A mask hides whether there is a value; but where no related row is, there is nothing to mask. */
function hasRow(node: Node, place: Place): boolean {
  if (node.kind !== 'column' || node.path.length === 1) return true;
  const { table } = columnAt(node.path);
  return place.column([...node.path.slice(0, -1), table.key[0] ?? '']) !== null;
}

function treatmentOf(node: Node, { role }: Caller): Treatment {
  return node.kind === 'column' ? treatmentFor(columnAt(node.path).column, role) : 'clear';
}

function slackIn(node: Node, place: Place): number {
  if (node.kind === 'call' && ['ln', 'exp', 'power'].includes(node.name)) {
    const size = Math.abs(Number(evaluate(node, place)));
    return Number.isFinite(size) ? size * 1e-12 : 0;
  }
  if (node.kind === 'aggregate') return 'slack' in place ? (place as Group).slack(node) : 0;
  return childrenOf(node).reduce((slack, child) => slack + slackIn(child, place), 0);
}
