import { buildCatalog } from '@sluice/catalog';
import { bindQuery } from '../binding/bind-query.js';
import { viewHash } from '../canonical.js';
import { govern, GovernedQuery, GovernedScan, GovernedWhole, Treatment } from '../governed-query.js';
import { MaskKey } from '../mask-key.js';
import { readQuery } from '../syntax/read-query.js';
import { compileCount } from './compile-count.js';
import { compileCsvExport } from './compile-export.js';
import { compilePage } from './compile-page.js';
import { duckDbDialect as duckdb } from './duckdb-dialect.js';

const TEXT = { kind: 'text' } as const;
const catalog = buildCatalog([
  {
    file: 'people.yaml',
    content: {
      name: 'people',
      default: true,
      shared: true,
      key: ['id'],
      columns: {
        id: { type: 'integer' },
        email: { type: 'text' },
        born: { type: 'date' },
        wage: { type: 'decimal(9,2)' },
        score: { type: 'double' },
        seen: { type: 'timestamp' },
      },
    },
  },
]);
const maskKey = new MaskKey(Buffer.alloc(32, 7));
const { inner, outer } = maskKey.pads();
const page = { limit: 2 };

/** A plan to whose principal these columns are treated as told. */
function plan(
  body: object,
  treated: Readonly<Record<string, Treatment>> = {},
  whole: Partial<GovernedWhole> = {},
): GovernedQuery {
  const typeSeen = ({ name, type }: { name: string; type: object }) =>
    (treated[name] === 'hash' ? TEXT : type) as typeof TEXT;
  const purpose = 'page' in body ? 'page' : 'export';
  const query = bindQuery(readQuery(body, purpose), {
    catalog,
    visible: () => true,
    typeSeen,
    pointer: '',
    now: 0n,
  });
  const scans = query.scans.map((scan): GovernedScan => ({
    ...scan,
    treatments: new Map([...scan.dataset.columns.keys()].map((name) => [name, treated[name] ?? 'clear'])),
    predicates: [],
  }));
  return govern(query, scans as unknown as GovernedQuery['scans'], { smallestGroup: 1, maskKey, ...whole });
}

const values = ({ parameters }: { parameters: readonly { value: unknown }[] }): readonly unknown[] =>
  parameters.map(({ value }) => value);

describe('treated columns', () => {
  it('hashes where the column is read, with both pads as parameters', () => {
    const statement = compilePage(plan({ select: ['email'], page }, { email: 'hash' }), null, duckdb);
    expect(statement.sql).toContain(
      'from (select sha256(unhex($2) || unhex(sha256(unhex($1) || encode("email")))) as v1, "id" as v0 from "people"."main"."rows") s0',
    );
    expect(values(statement).slice(0, 2)).toEqual([inner, outer]);
    expect(statement.sql).not.toContain(inner.slice(0, 16));
  });

  it.each([
    ['born', 'cast("born" as varchar)'],
    ['wage', 'cast("wage" as varchar)'],
    ['score', 'case when isfinite("score") then cast("score" as varchar) end'],
    ['seen', `case when "seen" between timestamp '0001-01-01' and timestamp '9999-12-31'`],
  ])('hashes and shortens %s as the API writes it', (name, text) => {
    const body = { select: [name], page, timezone: 'Asia/Tokyo' };
    expect(compilePage(plan(body, { [name]: 'hash' }), null, duckdb).sql).toContain(`encode(${text}`);
    expect(compilePage(plan(body, { [name]: 'partial' }), null, duckdb).sql).toContain(`length(${text}`);
  });

  it('orders by a hashed key as a text, also from a cursor', () => {
    const query = plan({ select: ['email'], page }, { id: 'hash' });
    expect(compilePage(query, ['ab'], duckdb).sql).toMatch(/where \(\(k0 > cast\(\$\d+ as varchar\)/);
  });

  it('cannot hash without a key', () => {
    expect(() => plan({ page }, { email: 'hash' }, { maskKey: null })).toThrow('there is no key');
  });

  it('has another view under another key, which the view does not tell', () => {
    const view = (key: MaskKey) =>
      viewHash(plan({ select: ['email'], page }, { email: 'hash' }, { maskKey: key }), 'v');
    expect(view(maskKey)).toBe(view(new MaskKey(Buffer.alloc(32, 7))));
    expect(view(maskKey)).not.toBe(view(new MaskKey(Buffer.alloc(32, 8))));
  });
});

describe('the smallest group', () => {
  const grouped = { select: ['email', 'sum(wage) as s'], page };
  const condition = / where \(g\.g\d >= \$(\d+)\)/;

  it('is a condition on the rows of each group, with a bound value, in pages, totals and exports alike', () => {
    const query = plan(grouped, {}, { smallestGroup: 5 });
    const statements = [
      compilePage(query, null, duckdb),
      compileCount(query, duckdb),
      compileCsvExport(plan({ select: grouped.select }, {}, { smallestGroup: 5 }), { rawText: true }, duckdb),
    ];
    for (const statement of statements) {
      const [, position] = condition.exec(statement.sql) ?? [];
      expect(statement.sql).toContain('count(*)');
      expect(values(statement)[Number(position) - 1]).toBe(5n);
    }
  });

  it('stands beside what the caller asks of groups', () => {
    const having = { column: 's', op: 'gt', value: 1 };
    const { sql } = compilePage(plan({ ...grouped, having }, {}, { smallestGroup: 5 }), null, duckdb);
    expect(sql).toMatch(/ where \(\(g\.g\d >= \$\d+\) and \(g\.g\d > \$\d+\)\)/);
  });

  it.each([
    ['distinct values', { select: ['email'], distinct: true, page }],
    ['one group of all rows', { select: ['count(*) as n'], page }],
  ])('holds for %s', (_, body) => {
    expect(compilePage(plan(body, {}, { smallestGroup: 5 }), null, duckdb).sql).toMatch(condition);
  });

  it('leaves rows that are not grouped, and a size of one, as they are', () => {
    const plainly = compilePage(plan({ select: ['email'], page }), null, duckdb);
    expect(compilePage(plan({ select: ['email'], page }, {}, { smallestGroup: 5 }), null, duckdb)).toEqual(
      plainly,
    );
    expect(compilePage(plan(grouped, {}, { smallestGroup: 1 }), null, duckdb).sql).not.toContain(
      'count(*) as g',
    );
  });

  it('is part of the view', () => {
    const view = (smallestGroup: number) => viewHash(plan(grouped, {}, { smallestGroup }), 'v');
    expect(view(5)).not.toBe(view(6));
  });
});
