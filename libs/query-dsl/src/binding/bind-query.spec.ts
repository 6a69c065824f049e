import { readQuery } from '../syntax/read-query.js';
import { bind, catalog, NOW } from '../../test/flights.js';
import { bindQuery } from './bind-query.js';

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

  it('needs a dataset when the catalogue names no default', () => {
    const query = readQuery({ page: { limit: 1 } }, 'page');
    expect(() => bindQuery(query, { catalog, visible: () => true, pointer: '', now: NOW })).toThrow(
      '"dataset" is required',
    );
  });
});
