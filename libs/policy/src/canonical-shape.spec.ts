import { buildCatalog } from '@sluice/catalog';
import { Principal, Role, SluiceError } from '@sluice/contracts';
import {
  compileCount,
  compileCsvExport,
  compilePage,
  duckDbDialect,
  MaskKey,
  Statement,
} from '@sluice/query-dsl';
import fc from 'fast-check';
import { planQuery } from './plan-query.js';
import { Policy } from './policy.js';

/**
 * The one shape that statements have (S5, S6): each table stands in an innermost derived table whose `where` holds the policy's
 * predicates and nothing else; what the caller wrote stands outside of it. Shown on the text, read by a reader of its own.
 */
const catalog = buildCatalog([
  {
    file: 'orders',
    content: {
      name: 'orders',
      default: true,
      tenant: 'tenant_id',
      key: ['id'],
      columns: {
        id: { type: 'integer' },
        person_id: { type: 'integer' },
        code: { type: 'text' },
        amount: { type: 'decimal(12,2)' },
        placed: { type: 'timestamp' },
        tenant_id: { type: 'text' },
      },
      relations: { person: { dataset: 'people', columns: ['person_id'] } },
    },
  },
  {
    file: 'people',
    content: {
      name: 'people',
      tenant: 'owner',
      key: ['id'],
      columns: {
        id: { type: 'integer' },
        name: { type: 'text', class: 'pii' },
        mail: { type: 'text', class: 'contact' },
        town: { type: 'text' },
        chief: { type: 'integer' },
        owner: { type: 'text' },
      },
      relations: {
        lead: { dataset: 'people', columns: ['chief'] },
        place: { dataset: 'towns', columns: ['town'] },
      },
    },
  },
  {
    file: 'towns',
    content: {
      name: 'towns',
      shared: true,
      key: ['town'],
      columns: { town: { type: 'text' }, people: { type: 'integer' } },
    },
  },
]);

const policy = Policy.build(
  {
    version: 1,
    classes: {
      pii: { viewer: 'mask', exporter: 'partial', admin: 'clear' },
      contact: { viewer: 'hash', exporter: 'hash', admin: 'null' },
    },
    rows: {
      people: {
        viewer: { column: 'lower(town)', op: 'in', value: '${towns}' },
        exporter: {
          or: [
            { column: 'town', op: 'eq', value: '${home}' },
            { column: 'id', op: 'lt', value: 1000 },
          ],
        },
        admin: 'all',
      },
      towns: { viewer: { column: 'people', op: 'gt', value: 100 }, exporter: 'all', admin: 'none' },
    },
    smallestGroup: { viewer: 3, exporter: 2, admin: 1 },
  },
  catalog,
);
const maskKey = new MaskKey(Buffer.alloc(32, 9));

/** What may stand behind the innermost `where`, by table and role; `?` for a parameter. */
const TENANT = { orders: '("tenant_id" = ?)', people: '("owner" = ?)', towns: '' };
const ROWS: Readonly<Record<Role, Readonly<Record<string, string>>>> = {
  viewer: { people: '(lower("town") = any(?))', towns: '("people" > ?)' },
  exporter: { people: '(("town" = ?) or ("id" < ?))' },
  admin: { towns: '?' },
};
/** The values that belong to each predicate. */
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  '("tenant_id" = ?)': ['CA'],
  '("owner" = ?)': ['CA'],
  '(lower("town") = any(?))': [['oslo', 'bergen']],
  '("people" > ?)': [100n],
  '(("town" = ?) or ("id" < ?))': ['oslo', 1000n],
  '?': [false],
};

const principal = (role: Role): Principal => ({
  subject: 's',
  clientId: 'c',
  tenants: ['CA'],
  roles: [role],
  claims: { towns: ['oslo', 'bergen'], home: 'oslo' },
});

const column = fc.constantFrom(
  'id',
  'code',
  'amount',
  'placed',
  'person.town',
  'person.id',
  'person.lead.town',
  'person.place.people',
  'person.mail',
  'person.name',
);
const plainColumn = fc.constantFrom('id', 'amount', 'person.id', 'person.place.people');
const textColumn = fc.constantFrom('code', 'person.town', 'person.lead.town');
/** Texts of callers that try to be SQL. */
const text = fc.constantFrom(
  `x') or (1=1`,
  `"orders"."main"."rows"`,
  `' union select * from "people"."main"."rows" --`,
  'where',
  `$1`,
  'CA',
);
const quoted = text.map((value) => `'${value.replaceAll("'", "''")}'`);
const expression = fc.oneof(
  column,
  fc
    .tuple(plainColumn, plainColumn, fc.constantFrom('+', '-', '*', '/', '%'))
    .map(([a, b, op]) => `(${a} ${op} ${b})`),
  fc.tuple(textColumn, quoted).map(([c, t]) => `concat(${c}, ${t})`),
  fc.tuple(textColumn, quoted).map(([c, t]) => `case when ${c} = ${t} then ${t} else ${c} end`),
  fc.tuple(plainColumn, quoted).map(([c, t]) => `(${c} in (1, 2)) and contains(code, ${t})`),
);
const aggregate = fc.oneof(
  plainColumn.map((c) => `sum(${c})`),
  column.map((c) => `count_distinct(${c})`),
  textColumn.map((c) => `max(${c})`),
  fc.constant('count(*)'),
);
const condition = fc.oneof(
  fc.record({
    column: textColumn,
    op: fc.constantFrom('eq', 'ne', 'like', 'contains', 'startsWith'),
    value: text,
  }),
  fc.record({ column: plainColumn, op: fc.constantFrom('lt', 'gte'), value: fc.integer() }),
  fc.record({
    column: plainColumn,
    op: fc.constant('in'),
    value: fc.array(fc.integer(), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ column: fc.constant('person.mail'), op: fc.constantFrom('eq', 'ne'), value: text }),
);
const query = fc.record(
  {
    items: fc.array(fc.oneof({ weight: 3, arbitrary: expression }, { weight: 1, arbitrary: aggregate }), {
      minLength: 1,
      maxLength: 4,
    }),
    filter: fc.oneof(
      condition,
      fc.record({ or: fc.array(condition, { minLength: 1, maxLength: 3 }) }),
      fc.record({ not: condition }),
    ),
    sort: fc.array(fc.record({ column: expression, direction: fc.constantFrom('asc', 'desc') }), {
      maxLength: 2,
    }),
    distinct: fc.boolean(),
    timezone: fc.constantFrom('UTC', 'Asia/Tokyo'),
  },
  { requiredKeys: ['items'] },
);

/** A derived table with a base table in it, and what stands around them. */
interface InnerSelect {
  readonly table: string;
  readonly where: string;
}

/** Splits a statement into tokens: quoted names, texts, words, placeholders and signs. */
const tokensOf = (sql: string): readonly string[] =>
  sql.match(/"(?:[^"]|"")*"|'(?:[^']|'')*'|\$\d+|\w+|[^\s\w]/g) ?? [];

/** Finds each base table; throws where one stands anywhere but directly behind the `from` of an innermost select. */
function innerSelectsOf(sql: string): readonly InnerSelect[] {
  const tokens = tokensOf(sql);
  const found: InnerSelect[] = [];
  tokens.forEach((token, index) => {
    if (token !== '"rows"') return;
    const [table, dot, main, dot2] = tokens.slice(index - 4, index);
    if (dot !== '.' || dot2 !== '.' || main !== '"main"' || tokens[index - 5] !== 'from') {
      throw new Error(`A table stands in an odd place: ${tokens.slice(index - 8, index + 3).join(' ')}`);
    }
    const start = openingOf(tokens, index);
    const end = closingOf(tokens, index);
    const inner = tokens.slice(start + 1, end);
    if (inner[0] !== 'select' || inner.filter((each) => each === 'select').length !== 1) {
      throw new Error('A table does not stand in an innermost select of its own.');
    }
    // A derived table: what stands before it joins or reads it, and it has a name.
    expect(['from', 'join']).toContain(tokens[start - 1]);
    expect(tokens[end + 1]).toMatch(/^s\d+$/);
    const rest = tokens.slice(index + 1, end);
    if (rest.length > 0 && rest[0] !== 'where') throw new Error(`After the table stands ${rest.join(' ')}`);
    found.push({ table: (table ?? '').slice(1, -1), where: rest.slice(1).join(' ') });
  });
  return found;
}

/** The bracket that is open at `index`, and the one that closes it. */
function openingOf(tokens: readonly string[], index: number): number {
  let depth = 0;
  for (let at = index; at >= 0; at -= 1) {
    if (tokens[at] === ')') depth += 1;
    if (tokens[at] === '(' && depth-- === 0) return at;
  }
  throw new Error('A table stands outside of all brackets.');
}

function closingOf(tokens: readonly string[], index: number): number {
  let depth = 0;
  for (let at = index; at < tokens.length; at += 1) {
    if (tokens[at] === '(') depth += 1;
    if (tokens[at] === ')' && depth-- === 0) return at;
  }
  throw new Error('A bracket is not closed.');
}

/** Checks one statement; returns how many tables it reads. */
function checkShape({ sql, parameters }: Statement, role: Role): number {
  const selects = innerSelectsOf(sql);
  // `people` is a column too; whatever names a table is followed by a dot.
  const tokens = tokensOf(sql);
  const named = tokens.filter(
    (token, at) => /^"(orders|people|towns)"$/.test(token) && tokens[at + 1] === '.',
  );
  expect(named).toHaveLength(selects.length);
  for (const { table, where } of selects) {
    const predicates = [TENANT[table as keyof typeof TENANT], ROWS[role][table] ?? ''].filter(
      (each) => each !== '',
    );
    const expected = tokensOf(predicates.join(' and ')).join(' ');
    expect(where.replace(/\$\d+/g, '?')).toBe(expected);
    const values = [...where.matchAll(/\$(\d+)/g)].map(
      ([, position]) => parameters[Number(position) - 1]?.value,
    );
    expect(values).toEqual(predicates.flatMap((predicate) => VALUES[predicate] ?? []));
  }
  return selects.length;
}

function statementsOf(body: object, role: Role, purpose: 'page' | 'export'): readonly Statement[] {
  const request = {
    body: purpose === 'page' ? { ...body, page: { limit: 3 } } : body,
    principal: principal(role),
    purpose,
    now: 0n,
  };
  try {
    const plan = planQuery(request, { catalog, policy, maskKey });
    if (purpose === 'export') return [compileCsvExport(plan, { rawText: false }, duckDbDialect)];
    return [compilePage(plan, null, duckDbDialect), compileCount(plan, duckDbDialect)];
  } catch (error) {
    // Many are refused, as they should be: masked uses, types that do not fit.
    if (error instanceof SluiceError) return [];
    throw error;
  }
}

describe('the shape of every statement (S5, S6)', () => {
  it('has each table once a scan, innermost, behind the predicates of policy alone', () => {
    let [checked, tables] = [0, 0];
    fc.assert(
      fc.property(
        query,
        fc.constantFrom<Role>('viewer', 'exporter', 'admin'),
        fc.constantFrom('page' as const, 'export' as const),
        ({ items, ...rest }, role, purpose) => {
          const body = { ...rest, select: items.map((expr, index) => ({ expr, as: `c${index}` })) };
          for (const statement of statementsOf(body, role, role === 'viewer' ? 'page' : purpose)) {
            tables += checkShape(statement, role);
            checked += 1;
          }
        },
      ),
      { numRuns: 1_000, seed: 56 },
    );
    // A generator that is only ever refused would show nothing.
    expect(checked).toBeGreaterThan(300);
    expect(tables).toBeGreaterThan(checked);
  });

  it.each([
    ['a flat one', 'select "id" from "orders"."main"."rows" where ("tenant_id" = $1) and ("id" = $2)'],
    [
      'a condition of the caller inside',
      'select v0 from (select "id" as v0 from "orders"."main"."rows" where ("tenant_id" = $1) and ("id" = $2)) s0',
    ],
    ['no predicate', 'select v0 from (select "id" as v0 from "orders"."main"."rows") s0'],
    [
      'another tenant',
      'select v0 from (select "id" as v0 from "orders"."main"."rows" where ("tenant_id" = $2)) s0',
    ],
    [
      'a table beside',
      'select v0 from (select "id" as v0 from "orders"."main"."rows" where ("tenant_id" = $1)) s0, "people"."main"."rows"',
    ],
    [
      'a sub-select',
      'select v0 from (select (select 1) as v0 from "orders"."main"."rows" where ("tenant_id" = $1)) s0',
    ],
  ])('is told from %s', (_, sql) => {
    const parameters = ['CA', 'TX'].map((value) => ({ type: { kind: 'text' as const }, value }));
    expect(() => checkShape({ sql, parameters }, 'viewer')).toThrow();
    const good = 'select v0 from (select "id" as v0 from "orders"."main"."rows" where ("tenant_id" = $1)) s0';
    expect(() => checkShape({ sql: good, parameters }, 'viewer')).not.toThrow();
  });
});
