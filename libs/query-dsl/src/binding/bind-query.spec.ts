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
    ['round(id)', 'integer'],
    ['floor(fare)', 'double'],
    ['sqrt(id)', 'double'],
    ['power(id, fare)', 'double'],
    ['mod(fare, 3)', 'decimal(21,2)'],
    ['sign(ratio)', 'integer'],
    ['abs(fare)', 'decimal(8,2)'],
    ['greatest(id, fare)', 'decimal(21,2)'],
    ["replace(origin, 'a', 'b')", 'text'],
    ["nullif(origin, 'a')", 'text'],
    ['now()', 'timestamp'],
    ['today()', 'date'],
    ["date_add('month', id, day)", 'date'],
    ["date_add('hour', -1, departed_at)", 'timestamp'],
    ["date_diff('week', day, departed_at)", 'integer'],
    ["date_diff('day', '2024-01-01', day)", 'integer'],
    ["date_trunc('hour', day)", 'date'],
    ['coalesce(day, departed_at)', 'timestamp'],
    ["case when late then departed_at else '2024-01-01' end", 'timestamp'],
    ['cast(fare as decimal(4,1))', 'decimal(4,1)'],
    ['cast(null as boolean)', 'boolean'],
    ['median(id)', 'double'],
    ['quantile(fare, 0.25)', 'double'],
    ['stddev(id)', 'double'],
    ['approx_count_distinct(late)', 'integer'],
    ['any_value(late)', 'boolean'],
    ['first(day)', 'date'],
    ['last(fare, departed_at)', 'decimal(8,2)'],
    ['sum(cast(fare as decimal(28,2)))', 'decimal(38,2)'],
    ['sum(cast(fare as decimal(29,2)))', 'double'],
  ])('%s is %s', (expression, type) => {
    expect(typeOf(expression)).toBe(type);
  });

  it('takes the rows of first and last in the order of the key', () => {
    const args = (expr: string) => {
      const expression = bind({ select: [{ expr, as: 'x' }] }).items[0]?.expression;
      if (expression?.kind !== 'aggregate') throw new Error('no aggregate');
      return [expression.name, ...expression.args.map((arg) => arg.kind === 'column' && arg.name)];
    };
    expect(args('first(origin)')).toEqual(['first', 'origin', 'id']);
    expect(args('last(origin, day)')).toEqual(['last_by', 'origin', 'day', 'id']);
    const body = { dataset: 'flights', page: { limit: 1 }, select: ['last(origin) as x'] };
    const blind = {
      catalog,
      visible: (_: unknown, { name }: { name: string }) => name !== 'id',
      pointer: '',
      now: NOW,
    };
    expect(() => bindQuery(readQuery(body, 'page'), blind)).toThrow(
      'the key of flights, which your role may not use',
    );
  });

  it('says of what instant it is only where something depends on it', () => {
    const asOf = 1_711_879_200_000_000n;
    expect(
      bind({ select: ['origin'], filter: { column: 'day', op: 'during', value: '2024' } }).asOf,
    ).toBeNull();
    expect(bind({ select: ['now() as x'] }).asOf).toBe(asOf);
    expect(bind({ sort: ["date_diff('day', day, today())"] }).asOf).toBe(asOf);
    expect(bind({ filter: { column: 'day', op: 'inLast', value: '1d' } }).asOf).toBe(asOf);
    const having = { column: 'max(departed_at)', op: 'during', value: 'last week' };
    expect(bind({ select: ['origin'], having }).asOf).toBe(asOf);
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
    [{ select: ['csat(fare) as x'] }, 'unknown-function', '/select/0', 'cast'],
    [{ select: ['constructor(fare) as x'] }, 'unknown-function', '/select/0', undefined],
    [{ select: ['now(1) as x'] }, 'invalid-expression', '/select/0', undefined],
    [{ select: ['sqrt() as x'] }, 'invalid-expression', '/select/0', undefined],
    [{ select: ['sqrt(origin) as x'] }, 'type-mismatch', '/select/0', undefined],
    [{ select: ['sign(origin) as x'] }, 'type-mismatch', '/select/0', undefined],
    [{ select: ['power(1, origin) as x'] }, 'type-mismatch', '/select/0', undefined],
    [{ select: ['mod(1, origin) as x'] }, 'type-mismatch', '/select/0', undefined],
    [{ select: ['round(fare, 1.5) as x'] }, 'type-mismatch', '/select/0', undefined],
    [{ select: ["substring(origin, 'a') as x"] }, 'type-mismatch', '/select/0', undefined],
    [{ select: ["replace(origin, origin, 'a') as x"] }, 'invalid-expression', '/select/0', undefined],
    [{ select: ["replace(origin, 'a', null) as x"] }, 'invalid-expression', '/select/0', undefined],
    [{ select: ["replace(origin, 'a', 1) as x"] }, 'type-mismatch', '/select/0', undefined],
    [{ select: ['quantile(fare, ratio) as x'] }, 'invalid-expression', '/select/0', undefined],
    [{ select: ['quantile(fare, 1.01) as x'] }, 'invalid-expression', '/select/0', undefined],
    [{ select: ['quantile(fare, -0.01) as x'] }, 'invalid-expression', '/select/0', undefined],
    [{ select: ['median(origin) as x'] }, 'type-mismatch', '/select/0', undefined],
    [{ select: ['stddev(sum(fare)) as x'] }, 'invalid-grouping', '/select/0', undefined],
    [{ select: ["date_part('mnth', day) as x"] }, 'invalid-expression', '/select/0', 'month'],
    [{ select: ["date_add('day', 1.5, day) as x"] }, 'type-mismatch', '/select/0', undefined],
    [{ select: ["date_add('minute', 1, day) as x"] }, 'invalid-expression', '/select/0', undefined],
    [{ select: ["date_add('day', 1, origin) as x"] }, 'type-mismatch', '/select/0', undefined],
    [{ select: ["date_diff('day', 'then', day) as x"] }, 'type-mismatch', '/select/0', undefined],
    [
      { select: ["date_diff('day', '2024-01-01', '2024-01-02') as x"] },
      'type-mismatch',
      '/select/0',
      undefined,
    ],
    [{ select: ['cast(late as integer) as x'] }, 'type-mismatch', '/select/0', undefined],
    [{ select: ['cast(fare as boolean) as x'] }, 'type-mismatch', '/select/0', undefined],
    [{ select: ['cast(id as date) as x'] }, 'type-mismatch', '/select/0', undefined],
    [{ select: ['cast(day as integer) as x'] }, 'type-mismatch', '/select/0', undefined],
    [{ select: ['cast(day as boolean) as x'] }, 'type-mismatch', '/select/0', undefined],
    [{ select: ['cast(departed_at as double) as x'] }, 'type-mismatch', '/select/0', undefined],
    [{ filter: { column: 'fare', op: 'inLast', value: '1d' } }, 'type-mismatch', '/filter', undefined],
    [{ filter: { column: 'day', op: 'inLast', value: 1 } }, 'type-mismatch', '/filter/value', undefined],
    [
      { filter: { column: 'day', op: 'inLast', value: '3 moths' } },
      'invalid-request',
      '/filter/value',
      '3 months',
    ],
    [{ filter: { column: 'day', op: 'inLst', value: '1d' } }, 'invalid-request', '/filter/op', 'inLast'],
    [{ filter: { column: 'late', op: 'during', value: '2024' } }, 'type-mismatch', '/filter', undefined],
    [
      { filter: { column: 'day', op: 'during', value: 'lst month' } },
      'invalid-request',
      '/filter/value',
      'last month',
    ],
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
