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
import { generatedQuery } from '../test/generated-queries.js';
import { innerSelectsOf, tokensOf } from '../test/statement-shape.js';
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
        generatedQuery,
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
      { numRuns: 400, seed: 56 },
    );
    // A generator that is only ever refused would show nothing.
    expect(checked).toBeGreaterThan(200);
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
