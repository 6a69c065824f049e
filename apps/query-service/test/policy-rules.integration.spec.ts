import { datasetsDescribe, Role, ROLES } from '@sluice/contracts';
import fc from 'fast-check';
import { maskedAttack } from './masked-attacks.js';
import { BY_HASH, condition, Position, selected, TEXT_POSITIONS } from './masked-positions.js';
import { PEOPLE_RULES, startPeopleService } from './people-service.js';
import { Outcome, seen } from './seen.js';
import { RunningService, RunOptions } from './running-service.js';

/** The rules of SAFETY by their numbers, on the running service; two of them, which differ only in what is masked. */
let one: RunningService;
let other: RunningService;

beforeAll(async () => {
  one = await startPeopleService({ mark: 'Ann', shift: 0 });
  other = await startPeopleService({ mark: 'Zacharias', shift: 3 });
});
afterAll(async () => {
  await one.close();
  await other.close();
});

/** Asks both services, which must answer alike. */
async function both(body: object, options: RunOptions = {}): Promise<Outcome> {
  const [mine, theirs] = await Promise.all([seen(one, body, options), seen(other, body, options)]);
  expect(theirs).toEqual(mine);
  return mine;
}

/** What the rules make of a text column for a role. */
const TREATED = {
  name: PEOPLE_RULES.classes.pii,
  code: PEOPLE_RULES.classes.token,
  pin: PEOPLE_RULES.classes.secret,
};

function expected(treatment: string, label: string): string {
  if (treatment === 'deny') return 'unknown-column';
  if (treatment === 'clear' || (treatment === 'hash' && BY_HASH.test(label))) return 'ok';
  return 'column-masked';
}

describe('S1: a masked column in each position', () => {
  it.each(TEXT_POSITIONS)('%s', async (label, body) => {
    for (const role of ROLES) {
      for (const [column, rules] of Object.entries(TREATED)) {
        for (const path of [column, `self.${column}`]) {
          const asked = body(path);
          const treatment = rules[role];
          const outcome =
            treatment === 'clear' ? await seen(one, asked, { role }) : await both(asked, { role });
          const invalid = label === 'cursor' && treatment === 'clear' ? 'invalid-cursor' : null;
          const hashed = label === 'cursor' && treatment === 'hash' ? 'invalid-cursor' : null;
          const code = invalid ?? hashed ?? expected(treatment, label);
          expect({ role, path, code: outcome.code }).toEqual({ role, path, code });
          if (code === 'column-masked' || code === 'unknown-column') {
            expect(outcome.text).toMatch(/"pointer":"\/(select|filter|sort|having)/);
            expect(outcome.text).not.toContain('Ann');
          }
        }
      }
    }
  });

  it.each([
    ...['eq', 'lt', 'gte'].map((op): Position => [`filter ${op}`, condition(op, '12')]),
    ...[
      '# + 1',
      '-#',
      'abs(#)',
      'round(#)',
      '# > 100',
      'sum(#)',
      'avg(#)',
      'min(#)',
      'coalesce(#, 0)',
      '# is null',
    ].map((template): Position => [template, selected(template)]),
  ])('a masked number: %s', async (_, body) => {
    for (const role of ['viewer', 'exporter'] as const) {
      expect((await both(body('wage'), { role })).code).toBe('column-masked');
    }
    expect((await seen(one, body('wage'), { role: 'admin' })).code).toBe('ok');
  });

  it.each([
    "date_trunc('month', #)",
    "date_part('year', #)",
    "# < '2000-01-01'",
    'max(#)',
    'count_distinct(#)',
  ])('a masked date: %s', async (template) => {
    for (const role of ['viewer', 'exporter'] as const) {
      expect((await both(selected(template)('born'), { role })).code).toBe('column-masked');
    }
    expect((await seen(one, selected(template)('born'), { role: 'admin' })).code).toBe('ok');
  });

  it('is answered alike, selected as it is, whatever it holds', async () => {
    const viewer = await both({
      select: ['id', 'name', 'born', 'wage', 'self.name as n'],
      page: { limit: 2 },
    });
    expect(JSON.parse(viewer.text)).toMatchObject({
      rows: [
        { id: 0, name: '***', born: null, wage: null, n: '***' },
        { id: 1, name: '***', born: null, wage: null, n: '***' },
      ],
      total: 40,
    });
    const exporter = await both({ select: ['name', 'born'], page: { limit: 2 } }, { role: 'exporter' });
    expect(JSON.parse(exporter.text)).toMatchObject({
      rows: [
        { name: '***0000', born: '***' },
        { name: '***0001', born: '***' },
      ],
    });
    // Nor do the columns that are left when none is named, or their descriptions, tell of a denied one.
    expect(
      Object.keys((JSON.parse((await both({})).text) as { rows: object[] }).rows[0] ?? {}),
    ).not.toContain('pin');
  });
});

describe('S2: an attacker who tries everything', () => {
  it('learns nothing: no answer tells one service from the other', async () => {
    const codes = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(maskedAttack, fc.constantFrom<Role>('viewer', 'exporter'), async (body, role) => {
        const { code, text } = await both(body, { role });
        codes.set(code, (codes.get(code) ?? 0) + 1);
        expect(text).not.toContain('foreign-canary');
        expect(code).not.toBe('internal');
      }),
      { numRuns: 2_000, seed: 2 },
    );
    // Attacks that are all refused for their spelling, or all harmless, would show nothing.
    expect(codes.get('ok') ?? 0).toBeGreaterThan(100);
    expect(codes.get('column-masked') ?? 0).toBeGreaterThan(300);
  });

  it('cannot walk a masked column by its pages', async () => {
    const first = await one.rows({ select: ['id', 'name'], sort: ['region'], page: { limit: 2 } });
    const after = first.page.next;
    const walk = { select: ['id', 'name'], page: { limit: 2, after } };
    expect((await seen(one, { ...walk, sort: ['region'] })).code).toBe('ok');
    // The same cursor under a sort by what is masked, by a role that sees it, or by another service.
    expect((await seen(one, { ...walk, sort: ['name'] })).code).toBe('column-masked');
    expect((await seen(one, { ...walk, sort: ['region'] }, { role: 'admin' })).code).toBe('invalid-cursor');
    expect((await seen(one, { ...walk, sort: ['region'] }, { role: 'exporter' })).code).toBe(
      'invalid-cursor',
    );
  });
});

describe('S3, S4: errors', () => {
  it('are of the closed list and hold no value, whatever other tenants hold', async () => {
    const bodies = [
      condition('eq', 'x')('id'),
      condition('gt', 'x')('seen'),
      selected('sum(region)')('id'),
      selected("cast_it(#, 'x')")('id'),
      { filter: { column: 'tenant_id', op: 'eq', value: 'TX' } },
    ];
    for (const body of bodies) {
      const { code, text } = await both(body);
      expect(['type-mismatch', 'unknown-function', 'tenant-forbidden']).toContain(code);
      expect(text).not.toContain('foreign-canary');
    }
  });
});

describe('S7: totals', () => {
  it('count behind policy', async () => {
    expect(JSON.parse((await both({ select: ['id'], page: { limit: 1 } })).text)).toMatchObject({
      total: 40,
    });
    const texas = await seen(one, { select: ['id'], page: { limit: 1 } }, { tenant: 'TX' });
    expect(JSON.parse(texas.text)).toMatchObject({ total: 5 });
  });
});

describe('S8, S9: cache and ETag', () => {
  it('never cross a role, a tenant or a claim', async () => {
    const body = { select: ['id', 'name', 'code'], sort: ['id'], page: { limit: 3 } };
    const callers: RunOptions[] = [
      { role: 'viewer' },
      { role: 'exporter' },
      { role: 'admin' },
      { role: 'admin', tenant: 'TX' },
    ];
    const cold = await Promise.all(callers.map((caller) => one.rows(body, { ...caller, noCache: true })));
    for (const [index, caller] of callers.entries()) {
      expect((await one.rows(body, caller)).rows).toEqual(cold[index]?.rows);
      for (const [at, { meta }] of cold.entries()) {
        const { status } = await one.run(body, { ...caller, ifNoneMatch: meta.etag });
        expect({ index, at, status }).toEqual({ index, at, status: index === at ? 304 : 200 });
      }
    }
    expect(new Set(cold.map(({ meta }) => meta.etag)).size).toBe(callers.length);
  });

  it('let a tag not stand for what is no longer allowed', async () => {
    const { meta } = await one.rows({ select: ['name'], page: { limit: 1 } }, { role: 'admin' });
    const forbidden = { select: ['name'], sort: ['name'], page: { limit: 1 } };
    await expect(one.run(forbidden, { ifNoneMatch: meta.etag })).rejects.toMatchObject({
      code: 'column-masked',
    });
  });
});

describe('S10, S11: existence', () => {
  it('is not told of a denied column, nor by a near name, a relation, a description or an alias', async () => {
    for (const [real, made] of [
      ['pin', 'pix'],
      ['self.pin', 'self.pix'],
      ['upper(pin)', 'upper(pix)'],
    ] as const) {
      for (const body of [
        condition('eq', 'x'),
        selected('#'),
        (c: string) => ({ select: ['id'], sort: [c] }),
      ]) {
        const [denied, unknown] = [await both(body(real)), await both(body(made))];
        expect(denied.code).toBe('unknown-column');
        expect(unknown.text.replaceAll('pix', 'pin')).toBe(denied.text);
      }
    }
    const principal = { subject: 's', clientId: 'c', tenants: ['CA'], roles: ['viewer'] } as const;
    const described = await one.bus.request(datasetsDescribe, { principal, name: 'people' });
    expect(JSON.stringify(described)).not.toContain('pin');
    // An alias of the name of a denied column is an alias like any other.
    expect((await both({ select: ['region as pin'], sort: ['pin'] })).code).toBe('ok');
  });

  it('of a dataset is answered by one sentence', async () => {
    const [a, b] = [await both({ dataset: 'secrets' }), await both({ dataset: 'passwords' })];
    expect(b.text.replaceAll('passwords', 'secrets')).toBe(a.text);
    expect(a.code).toBe('unknown-dataset');
  });
});

describe('S23: the tenant of others', () => {
  it.each([
    condition('eq', 'TX'),
    condition('ne', 'TX'),
    condition('in', ['CA', 'TX']),
    condition('like', 'T%'),
    condition('between', ['CA', 'TX']),
    selected("case when # = 'TX' then 1 end"),
    selected("count(case when # in ('TX') then 1 end)"),
    (c: string) => ({ select: [c, 'count(*) as n'], having: { column: c, op: 'eq', value: 'TX' } }),
  ])('is forbidden in a condition (%#), for every role', async (body) => {
    for (const role of ROLES) {
      for (const column of ['tenant_id', 'self.tenant_id']) {
        expect((await seen(one, body(column), { role })).code).toBe('tenant-forbidden');
      }
    }
  });
});
