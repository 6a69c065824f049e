import { buildCatalog } from '@sluice/catalog';
import { SluiceError } from '@sluice/contracts';
import { readQuery } from '../syntax/read-query.js';
import { bindQuery } from './bind-query.js';
import { BoundQuery } from './bound.js';

const catalog = buildCatalog([
  {
    file: 'a',
    content: {
      name: 'flights',
      tenant: 'tenant_id',
      key: ['id'],
      columns: {
        id: { type: 'integer' },
        departed_at: { type: 'timestamp' },
        day: { type: 'date' },
        fare: { type: 'decimal(8,2)' },
        ratio: { type: 'double' },
        late: { type: 'boolean' },
        origin: { type: 'text' },
        secret: { type: 'text' },
        tenant_id: { type: 'text' },
      },
      relations: { origin_airport: { dataset: 'airports', columns: ['origin'] } },
    },
  },
  {
    file: 'b',
    content: {
      name: 'airports',
      shared: true,
      key: ['iata'],
      columns: { iata: { type: 'text' }, city: { type: 'text' } },
    },
  },
]);

/** 2024-03-31T10:00:00.5Z, the day on which Berlin's clocks go forward. */
const NOW = 1_711_879_200_500_000n;

function bind(body: object): BoundQuery {
  const query = readQuery({ dataset: 'flights', page: { limit: 1 }, ...body }, 'page');
  return bindQuery(query, { catalog, visible: (_, { name }) => name !== 'secret', pointer: '', now: NOW });
}

function refused(body: object): SluiceError {
  try {
    bind(body);
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error('the query was bound');
}

const typeOf = (expression: string): string => {
  const type = bind({ select: [{ expr: expression, as: 'x' }] }).items[0]?.expression.type;
  return type?.kind === 'decimal' ? `decimal(${type.precision},${type.scale})` : (type?.kind ?? '');
};

describe('bindQuery', () => {
  it.each([
    ['id + 1', 'integer'],
    ['fare * 2', 'decimal(27,2)'],
    ['fare + 0.125', 'decimal(10,3)'],
    ['id / 2', 'double'],
    ['ratio * fare', 'double'],
    ['-fare', 'decimal(8,2)'],
    ['id % 7', 'integer'],
    ['sum(id)', 'decimal(38,0)'],
    ['sum(fare)', 'decimal(38,2)'],
    ['avg(fare)', 'double'],
    ['max(day)', 'date'],
    ['count_distinct(origin)', 'integer'],
    ["coalesce(day, '2024-01-01')", 'date'],
    ['case when late then 1 else 2.5 end', 'decimal(20,1)'],
    ['case when late then null else origin end', 'text'],
    ["date_trunc('month', departed_at)", 'timestamp'],
    ["date_trunc('month', day)", 'date'],
    ["date_part('year', day)", 'integer'],
    ['length(upper(origin))', 'integer'],
    ['origin is null', 'boolean'],
    ['1e3', 'double'],
    ['99999999999999999999', 'decimal(20,0)'],
    ['round(fare, 1)', 'double'],
    ['substring(origin, 1, 2)', 'text'],
    ["contains(origin, 'L')", 'boolean'],
  ])('%s is %s', (expression, type) => {
    expect(typeOf(expression)).toBe(type);
  });

  it('joins each relation once, however often it is named', () => {
    const query = bind({
      select: ['origin_airport.city', 'upper(origin_airport.city) as u'],
      sort: ['origin_airport.iata'],
    });
    expect(query.scans.map(({ dataset }) => dataset.name)).toEqual(['flights', 'airports']);
  });

  it('selects every visible column when none is named', () => {
    expect(bind({}).items.map(({ name }) => name)).not.toContain('secret');
    expect(bind({}).items).toHaveLength(8);
  });

  it('groups when an aggregate stands anywhere, or duplicates are not wanted', () => {
    expect(bind({ select: ['origin'] }).grouped).toBe(false);
    expect(bind({ select: ['origin', 'count(*) as n'] }).grouped).toBe(true);
    expect(bind({ select: ['origin'], sort: ['count(*) desc'] }).grouped).toBe(true);
    expect(bind({ select: ['origin'], distinct: true }).grouped).toBe(true);
  });

  it('lets sort and having use the names of selected items, which never hide a column', () => {
    const named = bind({
      select: ['sum(fare) as total', 'origin'],
      sort: ['total desc'],
      having: { column: 'total', op: 'gt', value: 1 },
    });
    expect(named.sort[0]?.expression).toMatchObject({ kind: 'aggregate' });
    const hiding = bind({ select: [{ expr: 'upper(origin)', as: 'origin' }], sort: ['origin'] });
    expect(hiding.sort[0]?.expression).toMatchObject({ kind: 'column', name: 'origin' });
  });

  it.each([
    [{ select: ['orgin'] }, 'unknown-column', '/select/0', 'origin'],
    [{ select: ['secrt'] }, 'unknown-column', '/select/0', undefined],
    [{ select: ['secret'] }, 'unknown-column', '/select/0', undefined],
    [{ select: ['origin_airprt.city'] }, 'unknown-column', '/select/0', 'origin_airport'],
    [{ select: ['origin_airport.town'] }, 'unknown-column', '/select/0', undefined],
    [{ dataset: 'flight' }, 'unknown-dataset', '/dataset', 'flights'],
    [{ select: ['sume(fare) as x'] }, 'unknown-function', '/select/0', 'sum'],
    [{ select: ['sum(origin) as x'] }, 'type-mismatch', '/select/0', undefined],
    [{ select: ['sum(sum(fare)) as x'] }, 'invalid-grouping', '/select/0', undefined],
    [{ select: ['round(fare, 1, 2) as x'] }, 'invalid-expression', '/select/0', undefined],
    [{ select: ["date_trunc('fortnight', day) as x"] }, 'invalid-expression', '/select/0', undefined],
    [{ select: ['origin = null as x'] }, 'invalid-expression', '/select/0', undefined],
    [{ select: ['origin + 1 as x'] }, 'type-mismatch', '/select/0', undefined],
    [{ select: ['not fare as x'] }, 'type-mismatch', '/select/0', undefined],
    [{ select: ['origin = fare as x'] }, 'type-mismatch', '/select/0', undefined],
    [{ select: ['origin in (fare) as x'] }, 'invalid-expression', '/select/0', undefined],
    [{ select: ['origin like origin as x'] }, 'invalid-expression', '/select/0', undefined],
    [{ select: ['origin', 'sum(fare) + id as x'] }, 'invalid-grouping', '/select/1', undefined],
    [{ select: ['sum(fare) as x'], sort: ['origin'] }, 'invalid-grouping', '/sort/0', undefined],
    [
      { select: ['sum(fare) as x'], having: { column: 'origin', op: 'eq', value: 'A' } },
      'invalid-grouping',
      '/having',
      undefined,
    ],
    [{ filter: { column: 'sum(fare)', op: 'gt', value: 1 } }, 'invalid-grouping', '/filter', undefined],
    [{ filter: { column: 'fare', op: 'gt', value: 'much' } }, 'type-mismatch', '/filter/value', undefined],
    [{ filter: { column: 'fare', op: 'contains', value: '1' } }, 'type-mismatch', '/filter', undefined],
    [{ filter: { column: 'origin', op: 'contains', value: 1 } }, 'type-mismatch', '/filter/value', undefined],
    [
      { filter: { column: 'origin', op: 'like', value: 'a\\' } },
      'invalid-request',
      '/filter/value',
      undefined,
    ],
    [{ filter: { column: 'late', op: 'eq', value: 'true' } }, 'type-mismatch', '/filter/value', undefined],
  ])('refuses %j', (body, code, pointer, suggestion) => {
    const error = refused(body);
    expect({ code: error.code, pointer: error.details.pointer }).toEqual({ code, pointer });
    expect(error.details.suggestion).toBe(suggestion);
  });

  it('needs a dataset when the catalogue names no default', () => {
    const query = readQuery({ page: { limit: 1 } }, 'page');
    expect(() => bindQuery(query, { catalog, visible: () => true, pointer: '', now: NOW })).toThrow(
      '"dataset" is required',
    );
  });
});
