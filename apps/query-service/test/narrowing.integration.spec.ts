import { createHmac } from 'node:crypto';
import { MASK_KEY, RunningService, RunOptions, startService } from './running-service.js';

const hmac = (text: string): string => createHmac('sha256', MASK_KEY).update(text).digest('hex');

/** Visits of people, who are known by a hash of their number in both tables; values of each type to be hashed. */
const VISITS = `
  select i::bigint as id, 'CA' as tenant_id, i % 4 as person, ['West', 'East', 'North'][1 + i % 3] as region,
    (i * 1.5)::decimal(9,2) as fare, i % 2 = 0 as late
  from range(24) r(i) union all select 100, 'TX', 0, 'West', 1, true`;
const PEOPLE = `
  select * from (values
    (0, 'CA', 'Åsa', 'n/a', 12.50::decimal(9,2), 0.1::double, true, date '2001-02-03', timestamp '2001-02-03 04:05:06.789'),
    (1, 'CA', 'abcd', 'nom', -1, 1e300::double, false, date '1969-12-31', timestamp '2024-01-01 00:00:00'),
    (2, 'CA', 'abcde', '日本語テキスト', 0, 'nan'::double, null, null, null),
    (3, 'CA', null, '😀😀😀😀😀', null, null, null, null, null),
    (0, 'TX', 'other', 'other', 1, 1, true, null, null)) v(person, tenant_id, name, note, wage, ratio, ok, born, seen)`;

const classed = (type: string, dataClass: string): object => ({ type, class: dataClass });
const TABLES = [
  {
    sql: VISITS,
    dataset: {
      name: 'visits',
      tenant: 'tenant_id',
      default: true,
      key: ['id'],
      columns: {
        id: { type: 'integer' },
        tenant_id: { type: 'text' },
        person: classed('integer', 'person'),
        region: { type: 'text' },
        fare: { type: 'decimal(9,2)' },
        late: { type: 'boolean' },
      },
      relations: { who: { dataset: 'people', columns: ['person', 'tenant_id'] } },
    },
  },
  {
    sql: PEOPLE,
    dataset: {
      name: 'people',
      tenant: 'tenant_id',
      key: ['person', 'tenant_id'],
      columns: {
        person: classed('integer', 'person'),
        tenant_id: { type: 'text' },
        name: classed('text', 'short'),
        note: classed('text', 'short'),
        wage: classed('decimal(9,2)', 'hashed'),
        ratio: classed('double', 'hashed'),
        ok: classed('boolean', 'hashed'),
        born: classed('date', 'hashed'),
        seen: classed('timestamp', 'hashed'),
      },
    },
  },
];

const RULES = {
  version: 1,
  classes: {
    person: { viewer: 'hash', exporter: 'hash', admin: 'clear' },
    short: { viewer: 'partial', exporter: 'partial', admin: 'clear' },
    hashed: { viewer: 'hash', exporter: 'hash', admin: 'clear' },
  },
  rows: {
    visits: {
      viewer: 'all',
      exporter: {
        and: [
          { column: 'region', op: 'in', value: '${regions}' },
          { column: 'late', op: 'eq', value: '${late}' },
        ],
      },
      admin: 'all',
    },
    people: { viewer: 'all', exporter: { column: 'person', op: 'lt', value: '${below}' }, admin: 'all' },
  },
  smallestGroup: { viewer: 7, exporter: 1, admin: 1 },
};

let service: RunningService;
beforeAll(async () => {
  service = await startService(TABLES as never, { policy: RULES });
});
afterAll(() => service.close());

const page = { limit: 50 };
const rowsOf = async (body: object, options: RunOptions = {}) =>
  (await service.rows({ page, ...body }, options)).rows;
const ofPeople = (select: readonly string[], role: 'viewer' | 'admin' = 'admin') =>
  rowsOf({ dataset: 'people', select, sort: ['person'] }, { role });

describe('hash of each type', () => {
  it.each(['wage', 'ratio', 'ok', 'born', 'seen', 'person'])(
    '%s: of the text that the API writes',
    async (column) => {
      const clear = await rowsOf(
        { dataset: 'people', select: [column], numbers: 'string' },
        { role: 'admin' },
      );
      const hashed = await rowsOf({ dataset: 'people', select: [column], timezone: 'Asia/Tokyo' });
      const values = (rows: readonly Record<string, unknown>[]) => rows.map((row) => row[column]).sort();
      const wanted = clear.map((row) => (row[column] === null ? null : hmac(String(row[column]))));
      expect(values(hashed)).toEqual(wanted.sort());
      expect(wanted.filter((value) => value !== null).length).toBeGreaterThan(1);
    },
  );

  it('of a key tells rows apart, joins, pages and counts as the key does', async () => {
    const joined = await rowsOf({
      select: ['id', 'person', 'who.person as same', 'who.wage as w'],
      sort: ['id'],
    });
    expect(joined.map(({ person }) => person)).toEqual(
      Array.from({ length: 24 }, (_, i) => hmac(String(i % 4))),
    );
    expect(joined.every(({ person, same }) => person === same)).toBe(true);
    expect(joined[0]?.['w']).toBe(hmac('12.50'));
    const two = await service.rows({ dataset: 'people', select: ['person'], page: { limit: 2 } });
    const rest = await service.rows({
      dataset: 'people',
      select: ['person'],
      page: { limit: 9, after: two.page.next },
    });
    const walked = [...two.rows, ...rest.rows].map(({ person }) => person);
    expect(walked).toEqual(['0', '1', '2', '3'].map(hmac).sort());
  });
});

describe('partial', () => {
  it('shows the last four characters of a text that has more, and nothing else of any', async () => {
    const clear = await ofPeople(['name', 'note']);
    expect(clear.map(({ name }) => name)).toEqual(['Åsa', 'abcd', 'abcde', null]);
    const shown = await rowsOf({ dataset: 'people', select: ['name', 'note'] });
    const texts = (column: string) => shown.map((row) => row[column]).sort();
    expect(texts('name')).toEqual(['***', '***', '***', '***bcde']);
    expect(texts('note')).toEqual(['***', '***', '***テキスト', '***😀😀😀😀'].sort());
  });
});

describe('row filters', () => {
  const claims = { regions: ['West', 'East'], late: 'true', below: '3' };

  it('narrow rows, groups and totals of their role alone', async () => {
    const body = { select: ['region', 'count(*) as n'], sort: ['region'] };
    expect(await rowsOf(body, { role: 'exporter', claims })).toEqual([
      { region: 'East', n: 4 },
      { region: 'West', n: 4 },
    ]);
    const { meta } = await service.rows({ select: ['id'], page: { limit: 1 } }, { role: 'exporter', claims });
    expect(meta.totalRows).toBe(8);
    expect(await rowsOf(body, { role: 'admin' })).toHaveLength(3);
  });

  it('reach what a relation brings in: a row that is not seen is no row', async () => {
    const select = ['id', 'who.person as who'];
    const body = { select, sort: ['id'], filter: { column: 'id', op: 'lt', value: 12 } };
    const seen = await rowsOf(body, { role: 'exporter', claims: { ...claims, below: '2' } });
    expect(seen.map(({ who }) => who)).toEqual(
      [0, 4, 6, 10].map((id) => (id % 4 < 2 ? hmac(String(id % 4)) : null)),
    );
  });

  it('are no way to other tenants, whatever the claims say', async () => {
    for (const regions of [["West') or (1=1"], ['West', "' or '1'='1"], ['%']]) {
      const rows = await rowsOf(
        { select: ['id', 'tenant_id'] },
        { role: 'exporter', claims: { ...claims, regions } },
      );
      expect(rows.every(({ tenant_id }) => tenant_id === 'CA')).toBe(true);
      expect(rows.length).toBe(regions.includes('West') ? 4 : 0);
    }
  });

  it('refuse who lacks a claim, and answer with nothing where a list is empty', async () => {
    const refusal = { code: 'claim-required' };
    await expect(rowsOf({ select: ['id'] }, { role: 'exporter' })).rejects.toMatchObject(refusal);
    await expect(
      rowsOf({ select: ['id'] }, { role: 'exporter', claims: { ...claims, late: 'perhaps' } }),
    ).rejects.toMatchObject(refusal);
    expect(
      await rowsOf({ select: ['id'] }, { role: 'exporter', claims: { ...claims, regions: [] } }),
    ).toEqual([]);
  });

  it('keep answers of other claims apart (S8)', async () => {
    const body = { select: ['id'], sort: ['id'] };
    const west = await rowsOf(body, { role: 'exporter', claims: { ...claims, regions: 'West' } });
    const east = await rowsOf(body, { role: 'exporter', claims: { ...claims, regions: 'East' } });
    expect(west).toHaveLength(4);
    expect(east).toHaveLength(4);
    expect(west).not.toEqual(east);
  });
});

describe('the smallest group', () => {
  it('leaves small groups out of rows, totals and pages', async () => {
    const body = { select: ['region', 'count(*) as n'], sort: ['region'], page: { limit: 2 } };
    const all = await service.rows(body);
    expect(all.rows).toEqual([
      { region: 'East', n: 8 },
      { region: 'North', n: 8 },
    ]);
    expect(all.meta.totalRows).toBe(3);
    // Six visits each: fewer than seven.
    const small = await service.rows({ ...body, select: ['person', 'count(*) as n'], sort: [] });
    expect({ rows: small.rows, total: small.meta.totalRows, next: small.page.next }).toEqual({
      rows: [],
      total: 0,
      next: null,
    });
    expect(await rowsOf({ select: ['person', 'count(*) as n'] }, { role: 'admin' })).toHaveLength(4);
  });

  it.each([
    ['a group without keys', { select: ['sum(fare) as s'], filter: { column: 'id', op: 'lt', value: 6 } }],
    ['a group of no row', { select: ['count(*) as n'], filter: { column: 'id', op: 'lt', value: 0 } }],
    ['distinct values', { select: ['id', 'region'], distinct: true }],
    [
      'groups that are asked for by their smallness',
      { select: ['id', 'count(*) as n'], having: { column: 'count(*)', op: 'lte', value: 6 } },
    ],
  ])('leaves out %s', async (_, body) => {
    expect(await rowsOf(body)).toEqual([]);
    expect(await rowsOf(body, { role: 'admin' })).not.toEqual([]);
  });

  it('tells a group that is large enough', async () => {
    const body = { select: ['count(*) as n'], filter: { column: 'id', op: 'lt', value: 7 } };
    expect(await rowsOf(body)).toEqual([{ n: 7 }]);
  });
});
