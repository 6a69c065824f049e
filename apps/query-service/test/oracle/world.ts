import { BOOLEAN, DATE, decimal, DOUBLE, INTEGER, TEXT, TIMESTAMP, Type, Value } from './types.js';

export type Role = 'viewer' | 'exporter' | 'admin';
export type Treatment = 'clear' | 'hash' | 'mask' | 'partial' | 'null' | 'deny';

export interface Caller {
  readonly role: Role;
  readonly tenants: readonly string[];
}

export interface Column {
  readonly name: string;
  readonly type: Type;
  readonly dataClass: keyof typeof CLASSES | null;
}

export interface Table {
  readonly name: string;
  readonly tenant: string | null;
  readonly key: readonly string[];
  readonly columns: readonly Column[];
  /** Name of a relation to the table that it leads to, and the own column that holds its key. */
  readonly relations: Readonly<Record<string, { readonly table: TableName; readonly column: string }>>;
}

export type TableName = 'facts' | 'owners' | 'places';
export type Row = Readonly<Record<string, Value>>;
export type Rows = Readonly<Record<TableName, readonly Row[]>>;

/** Everything that an answer depends on, but for the query and who asks it. */
export interface World {
  readonly rows: Rows;
  /** Microseconds since 1970 at which every query is asked. */
  readonly now: bigint;
}

/** What each role sees of each class of columns. */
export const CLASSES = {
  pii: { viewer: 'mask', exporter: 'partial', admin: 'clear' },
  pay: { viewer: 'null', exporter: 'partial', admin: 'clear' },
  secret: { viewer: 'deny', exporter: 'null', admin: 'partial' },
  ident: { viewer: 'hash', exporter: 'hash', admin: 'clear' },
} as const satisfies Readonly<Record<string, Readonly<Record<Role, Treatment>>>>;

/** The policy's row filters, as its file has them. */
export const ROW_FILTERS = {
  facts: {
    viewer: 'all',
    exporter: {
      or: [
        { column: 'n', op: 'gte', value: -1 },
        { column: 'b', op: 'eq', value: true },
      ],
    },
    admin: 'all',
  },
  owners: { viewer: { column: 'home_code', op: 'in', value: ['p1', 'p4'] }, exporter: 'all', admin: 'all' },
  places: { viewer: 'all', exporter: 'none', admin: 'all' },
} as const;

/** The same, as the oracle has them. */
const SEEN: Readonly<Record<string, (row: Row) => boolean>> = {
  'facts exporter': ({ n, b }) => (n !== null && Number(n) >= -1) || b === true,
  'owners viewer': ({ home_code: home }) => home === 'p1' || home === 'p4',
  'places exporter': () => false,
};

/** Whether the policy lets a role see a row, beside its tenant. */
export const seesRow = (role: Role, table: Table, row: Row): boolean =>
  SEEN[`${table.name} ${role}`]?.(row) ?? true;

/** How many rows a group must have to be told. */
export const SMALLEST_GROUP = { viewer: 1, exporter: 2, admin: 1 } as const satisfies Readonly<
  Record<Role, number>
>;

const column = (name: string, type: Type, dataClass: Column['dataClass'] = null): Column => ({
  name,
  type,
  dataClass,
});

/** A table of facts of several tenants, a dimension of the same tenants, and one that all share. */
export const TABLES: Readonly<Record<TableName, Table>> = {
  facts: {
    name: 'facts',
    tenant: 'tenant_id',
    key: ['shard', 'id'],
    columns: [
      column('id', INTEGER),
      column('tenant_id', TEXT),
      column('shard', TEXT),
      column('n', INTEGER),
      column('big', INTEGER),
      column('d', decimal(12, 2)),
      column('w', decimal(38, 10)),
      column('x', DOUBLE),
      column('t', TEXT),
      column('u', TEXT),
      column('b', BOOLEAN),
      column('day', DATE),
      column('at', TIMESTAMP),
      column('owner_id', INTEGER),
      column('place_code', TEXT),
      column('email', TEXT, 'pii'),
      column('salary', decimal(12, 2), 'pay'),
      column('note', TEXT, 'secret'),
      column('code', TEXT, 'ident'),
      column('badge', INTEGER, 'ident'),
      column('gauge', DOUBLE, 'ident'),
      column('stamp', TIMESTAMP, 'ident'),
    ],
    relations: {
      owner: { table: 'owners', column: 'owner_id' },
      place: { table: 'places', column: 'place_code' },
    },
  },
  owners: {
    name: 'owners',
    tenant: 'tenant_id',
    key: ['id'],
    columns: [
      column('id', INTEGER),
      column('tenant_id', TEXT),
      column('label', TEXT),
      column('score', DOUBLE),
      column('since', TIMESTAMP),
      column('home_code', TEXT),
      column('phone', TEXT, 'pii'),
      column('handle', TEXT, 'ident'),
    ],
    relations: { home: { table: 'places', column: 'home_code' } },
  },
  places: {
    name: 'places',
    tenant: null,
    key: ['code'],
    columns: [
      column('code', TEXT),
      column('kind', TEXT),
      column('height', decimal(12, 2)),
      column('opened', DATE),
      column('keeper', TEXT, 'pii'),
    ],
    relations: {},
  },
};

/** The table and column at the end of a path from the facts. */
export function columnAt(path: readonly string[]): { readonly table: Table; readonly column: Column } {
  const table = path.slice(0, -1).reduce<Table>((at, name) => {
    const relation = at.relations[name];
    if (!relation) throw new Error(`The generator followed "${name}" from ${at.name}.`);
    return TABLES[relation.table];
  }, TABLES.facts);
  const found = table.columns.find(({ name }) => name === path.at(-1));
  if (!found) throw new Error(`The generator wrote the column ${path.join('.')}.`);
  return { table, column: found };
}

export function treatmentFor({ dataClass }: Column, role: Role): Treatment {
  return dataClass === null ? 'clear' : CLASSES[dataClass][role];
}
