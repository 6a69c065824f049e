import { buildCatalog } from '@sluice/catalog';
import { SluiceError } from '@sluice/contracts';
import { LIMITS } from '../limits.js';
import { readQuery } from '../syntax/read-query.js';
import { bindQuery } from './bind-query.js';
import { BoundQuery, walk } from './bound.js';

const catalog = buildCatalog([
  {
    file: 'flights.yaml',
    content: {
      name: 'flights',
      default: true,
      shared: true,
      key: ['id'],
      columns: {
        id: { type: 'integer' },
        from: { type: 'text' },
        to: { type: 'text' },
        fare: { type: 'integer' },
      },
      relations: {
        origin: { dataset: 'airports', columns: ['from'] },
        target: { dataset: 'airports', columns: ['to'] },
      },
    },
  },
  {
    file: 'airports.yaml',
    content: {
      name: 'airports',
      shared: true,
      key: ['code'],
      columns: {
        code: { type: 'text' },
        city: { type: 'text' },
        hub: { type: 'text' },
        hidden: { type: 'text' },
      },
      relations: { via: { dataset: 'airports', columns: ['hub'] } },
    },
  },
]);

const bind = (body: object, pointer = ''): BoundQuery =>
  bindQuery(readQuery(body, 'export', pointer), {
    catalog,
    visible: (_, { name }) => name !== 'hidden',
    pointer,
    now: 0n,
  });

function refused(body: object, pointer = ''): SluiceError {
  try {
    bind(body, pointer);
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error('the query was bound');
}

/** How each scan hangs on another one. */
const joins = (body: object): readonly string[] =>
  bind(body).scans.map(({ dataset, via }) =>
    via ? `${dataset.name} by ${via.relation.name} of ${via.scan}` : dataset.name,
  );

describe('the scans of a query', () => {
  it('are one for each way that is named, wherever it is named and however often', () => {
    expect(joins({ select: ['id'] })).toEqual(['flights']);
    expect(
      joins({
        select: ['origin.city', 'upper(origin.code) as c', 'target.city as t'],
        sort: ['origin.via.city'],
        filter: { column: 'target.via.via.city', op: 'eq', value: 'x' },
      }),
    ).toEqual([
      'flights',
      'airports by origin of 0',
      'airports by target of 0',
      'airports by via of 2',
      'airports by via of 3',
      'airports by via of 1',
    ]);
  });

  it('are told apart in each use of a column', () => {
    const { items } = bind({ select: ['origin.city', 'target.city as t', 'origin.via.city as v'] });
    expect(items.map(({ expression }) => expression)).toMatchObject([
      { kind: 'column', scan: 1, name: 'city', pointer: '/select/0' },
      { kind: 'column', scan: 2, name: 'city', pointer: '/select/1' },
      { kind: 'column', scan: 3, name: 'city', pointer: '/select/2' },
    ]);
  });

  it('are bounded, naming the limit', () => {
    const reaching = (joined: number) => ({ select: [`origin.${'via.'.repeat(joined - 1)}city as c`] });
    expect(bind(reaching(LIMITS.relations)).scans).toHaveLength(LIMITS.relations + 1);
    expect(refused(reaching(LIMITS.relations + 1))).toMatchObject({
      code: 'limit-exceeded',
      details: { pointer: '/select/0', limit: { name: 'relations', value: 16 } },
    });
  });
});

describe('a name that is not there', () => {
  it.each([
    ['cod', 'There is no column "cod" in flights.'],
    ['origin.cty', 'There is no column "cty" in origin. Did you mean "city"?'],
    ['origin.via.cty', 'There is no column "cty" in origin.via. Did you mean "city"?'],
    ['origin.vai', 'There is no column "vai" in origin. Did you mean "via"?'],
    ['orgin', 'There is no column "orgin" in flights. Did you mean "origin"?'],
    ['orgin.city', 'There is no relation "orgin" in flights. Did you mean "origin"?'],
    ['origin.vua.city', 'There is no relation "vua" in airports. Did you mean "via"?'],
    ['from.city', 'There is no relation "from" in flights.'],
    ['origin.hiden', 'There is no column "hiden" in origin.'],
    ['origin.hidden', 'There is no column "hidden" in origin.'],
    ['constructor', 'There is no column "constructor" in flights.'],
  ])('is refused with the nearest that exists for the caller: %s', (name, message) => {
    const error = refused({ select: [{ expr: name, as: 'x' }] });
    expect(error).toMatchObject({
      code: 'unknown-column',
      message,
      details: { pointer: '/select/0/expr', position: 0 },
    });
  });

  it('is cut where it is said again', () => {
    expect(refused({ dataset: 'x'.repeat(200) }).message).toBe(`There is no dataset "${'x'.repeat(64)}".`);
  });
});

describe('bindQuery inside of a request', () => {
  it('takes the dataset that the catalogue names, with all columns that exist for the caller', () => {
    const { scans, items } = bind({}, '/queryDefinition');
    expect(scans[0].dataset.name).toBe('flights');
    expect(items.map(({ name, pointer }) => [name, pointer])).toEqual(
      ['id', 'from', 'to', 'fare'].map((name) => [name, '/queryDefinition/select']),
    );
    expect(items.flatMap(({ expression }) => [...walk(expression)])).toMatchObject(
      ['id', 'from', 'to', 'fare'].map((name) => ({ name, pointer: '/queryDefinition/select' })),
    );
  });

  const sum = { column: 'sum(fare)', op: 'gt', value: 1 };
  const one = { column: 'id', op: 'eq', value: 1 };
  it.each([
    [{ dataset: 'x' }, 'unknown-dataset', '/dataset'],
    [{ filter: sum }, 'invalid-grouping', '/filter'],
    [{ filter: { not: { and: [sum] } } }, 'invalid-grouping', '/filter'],
    [{ select: ['id', 'fare + sum(id) as x'] }, 'invalid-grouping', '/select/1'],
    [{ select: ['sum(fare) as n'], sort: ['n', 'id'] }, 'invalid-grouping', '/sort/1'],
    [{ select: ['sum(fare) as n'], having: one }, 'invalid-grouping', '/having'],
    [{ select: ['sum(fare) as n'], having: { and: [sum, one] } }, 'invalid-grouping', '/having'],
    [{ select: ['id'], distinct: true, sort: ['fare'] }, 'invalid-grouping', '/sort/0'],
    [{ select: ['id'], having: { column: 'fare', op: 'eq', value: 1 } }, 'invalid-grouping', '/having'],
  ])('refuses %j below the pointer of the query', (body, code, pointer) => {
    expect(refused(body, '/q')).toMatchObject({ code, details: { pointer: `/q${pointer}` } });
    expect(refused(body)).toMatchObject({ code, details: { pointer } });
  });

  it.each([
    { select: ['upper(from) as u', 'concat(upper(from), max(to)) as x'] },
    { select: ['fare', 'sum(id) + fare * 2 as x'], sort: ['fare + 1', 'sum(id) desc', 'x'] },
    { select: ['case when fare > 1 then 1 else 2 end as c', 'count(*) as n'], sort: ['c'] },
    { select: ['fare'], having: { or: [sum, { column: 'fare', op: 'in', value: [1] }] } },
    { select: ['1 as one', 'count(*) + 1 as n'] },
    { select: ['origin.city', 'count(*) as n'], sort: ['upper(origin.city)'] },
  ])('takes what only uses groups: %j', (body) => {
    expect(bind(body).grouped).toBe(true);
  });

  it.each([
    { select: ['upper(from) as u', 'concat(from, max(to)) as x'] },
    { select: ['origin.city', 'concat(target.city, max(to)) as n'] },
    { select: ['fare in (1, 2) as a', 'case when fare in (1, 3) then count(*) end as n'] },
    { select: ['fare', 'case when true then sum(id) else id end as x'] },
    { select: ['fare', 'case when id = 1 then sum(id) end as x'] },
  ])('refuses what uses a row of a group: %j', (body) => {
    expect(refused(body)).toMatchObject({ code: 'invalid-grouping', details: { pointer: '/select/1' } });
  });
});
