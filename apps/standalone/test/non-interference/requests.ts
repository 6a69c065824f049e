import fc from 'fast-check';

/** `#0` and so on stand for the arguments. */
const apply = (template: string, ...args: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc
    .tuple(...args)
    .map((texts) => texts.reduce((text, arg, index) => text.replaceAll(`#${index}`, arg), template));

const unit = fc.constantFrom('year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second');

/** Expressions by type, so that most queries are answered; some mix types all the same, and are refused alike. */
const grammar = fc.letrec<Record<'num' | 'text' | 'bool' | 'time', string>>((tie) => {
  const [num, text, bool, time] = [tie('num'), tie('text'), tie('bool'), tie('time')];
  const comparison = fc.constantFrom('=', '<>', '<', '>=');
  return {
    num: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('id', 'n', 'd', 'x', '0', '-3', '2.5', '9223372036854775807', '1e300', 't', 'place_id'),
      apply('(#0 #2 #1)', num, num, fc.constantFrom('+', '-', '*', '/', '%')),
      apply('#1(#0)', num, fc.constantFrom('abs', 'round', 'floor', 'ceil', '-')),
      apply('#2(#0, #1)', num, num, fc.constantFrom('coalesce', 'nullif', 'greatest', 'least')),
      apply('#1(#0)', num, fc.constantFrom('sqrt', 'ln', 'exp', 'sign')),
      apply('#2(#0, #1)', num, num, fc.constantFrom('power', 'mod', 'round')),
      apply('length(#0)', text),
      apply("date_part('#1', #0)", time, unit),
      apply("date_diff('#2', #0, #1)", time, time, unit),
      apply(
        'cast(#0 as #1)',
        fc.oneof(num, text),
        fc.constantFrom('integer', 'double', 'decimal(38,2)', 'decimal(3,3)'),
      ),
      apply('case when #0 then #1 else #2 end', bool, num, num),
    ),
    text: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('t', 't', 't', 'tenant_id', 'place.name', 'code', 'mail', 'card', "'w1'", "'12'", "''"),
      apply('#1(#0)', text, fc.constantFrom('lower', 'upper', 'trim')),
      apply('substring(#0, #1)', text, fc.constantFrom('id', 'n', '2')),
      apply('concat(#0, #1)', text, text),
      apply(
        'replace(#0, #1, #2)',
        text,
        fc.constantFrom("'w'", "''", "'%'"),
        fc.constantFrom("'wwww'", "''"),
      ),
      apply('cast(#0 as text)', fc.oneof(num, tie('bool'), time)),
      apply('case when #0 then #1 end', bool, text),
    ),
    bool: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('b', 'true'),
      apply('(#0 #2 #1)', num, num, comparison),
      apply('(#0 #2 #1)', fc.constant('t'), text, comparison),
      apply('(#0 #2 #1)', time, time, comparison),
      apply('(#0 #2 #1)', bool, bool, fc.constantFrom('and', 'or')),
      apply('(not #0)', bool),
      apply('cast(#0 as boolean)', text),
      apply('(#0 between #1 and #2)', num, num, num),
      apply("(#0 like 'w%')", fc.constant('t')),
      apply('contains(#0, #1)', text, text),
      apply('(#0 is not null)', fc.oneof(num, text, time)),
      apply('(#0 in (1, 2.5, 99999999999999999999))', num),
    ),
    time: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('at', 'day', 'now()', 'today()'),
      apply("date_trunc('#1', #0)", time, unit),
      apply(
        "date_add('#2', #0, #1)",
        fc.constantFrom('n', 'id', '-1', '7', '9223372036854775807'),
        time,
        unit,
      ),
      apply('cast(#0 as #1)', fc.oneof(text, time), fc.constantFrom('date', 'timestamp')),
      apply('coalesce(#0, #0)', time),
    ),
  };
});
const plain = fc.oneof(grammar.num, grammar.text, grammar.bool, grammar.time);
const aggregate = fc.oneof(
  apply(
    '#1(#0)',
    grammar.num,
    fc.constantFrom('sum', 'avg', 'min', 'max', 'count_distinct', 'median', 'stddev'),
  ),
  apply('quantile(#0, #1)', grammar.num, fc.constantFrom('0', '0.9', '1')),
  apply(
    '#1(#0)',
    plain,
    fc.constantFrom('min', 'max', 'count', 'approx_count_distinct', 'any_value', 'first', 'last'),
  ),
  apply('#2(#0, #1)', plain, plain, fc.constantFrom('first', 'last')),
  apply('sum(#0) / count(*)', grammar.num),
);

const condition = fc.oneof(
  fc.record({
    column: grammar.num,
    op: fc.constantFrom('eq', 'ne', 'lt', 'gte'),
    value: fc.constantFrom<unknown>(1, -5.5, '12', 'w1'),
  }),
  fc.record({
    column: fc.constant('t'),
    op: fc.constantFrom('eq', 'contains', 'like', 'ilike'),
    value: fc.constantFrom('w1', '%', '12'),
  }),
  fc.record({
    column: fc.constantFrom('n', 'd', 'x', 't'),
    op: fc.constant('in'),
    value: fc.constantFrom([1, 2], ['w1', 'w2'], ['1']),
  }),
  fc.record({
    column: grammar.time,
    op: fc.constantFrom('lt', 'gte'),
    value: fc.constantFrom('2024-03-11', '2024-03-11T01:00'),
  }),
  fc.record({
    column: grammar.time,
    op: fc.constant('inLast'),
    value: fc.constantFrom('3d', '2 months', '1000 years', '36h'),
  }),
  fc.record({
    column: grammar.time,
    op: fc.constant('during'),
    value: fc.constantFrom('today', 'last month', 'this week', '2024', '2024-W10', '9998'),
  }),
  fc.record({
    column: fc.constant('ref'),
    op: fc.constantFrom('eq', 'lt', 'gte'),
    value: fc.constantFrom('1', '7', '12'),
  }),
  fc.record({
    column: fc.constantFrom('code', 'place.name', 'tenant_id', 'mail', 'place.manager'),
    op: fc.constantFrom('eq', 'contains', 'like', 'startsWith', 'in'),
    value: fc.constantFrom<unknown>('w1', '%', 'CA', 'TX', ['CA', 'place 2']),
  }),
  fc.record({ column: grammar.bool, op: fc.constant('eq'), value: fc.constant(true) }),
);
const named = (items: readonly string[]): object[] => items.map((expr, index) => ({ expr, as: `c${index}` }));

const body = fc
  .record({
    keys: fc.array(plain, { minLength: 1, maxLength: 2 }),
    aggregates: fc.oneof(fc.constant([]), fc.array(aggregate, { minLength: 1, maxLength: 2 })),
    sort: fc.oneof(
      fc.constant([]),
      fc.tuple(fc.record({ column: fc.constant('c0'), direction: fc.constantFrom('asc', 'desc') })),
    ),
    rest: fc.record(
      {
        filter: fc.oneof(
          condition,
          fc.record({ and: fc.array(condition, { minLength: 1, maxLength: 3 }) }),
          fc.record({ or: fc.array(condition, { minLength: 2, maxLength: 3 }) }),
          fc.record({ not: condition }),
        ),
        distinct: fc.boolean(),
        timezone: fc.constantFrom('UTC', 'America/New_York'),
        count: fc.constantFrom('exact', 'estimated', 'none'),
        page: fc.record({ limit: fc.integer({ min: 1, max: 50 }), offset: fc.integer({ min: 0, max: 3 }) }),
      },
      { requiredKeys: ['page'] },
    ),
  })
  .map(({ keys, aggregates, sort, rest }) => ({ select: named([...keys, ...aggregates]), sort, ...rest }));

/** One request of somebody who is not of the marked tenant. */
export interface Asked {
  readonly body: object;
  readonly path: '/api/v1/query' | '/api/v1/query/explain';
  readonly role: 'viewer' | 'exporter' | 'admin';
  readonly tenants: readonly string[];
  readonly accept: string;
}

export const asked: fc.Arbitrary<Asked> = fc.record({
  body,
  path: fc.constantFrom<Asked['path'][]>(
    '/api/v1/query',
    '/api/v1/query',
    '/api/v1/query',
    '/api/v1/query/explain',
  ),
  role: fc.constantFrom<Asked['role'][]>('viewer', 'exporter', 'admin'),
  tenants: fc.constantFrom(['CA'], ['CA', 'NY']),
  accept: fc.constantFrom('application/json', 'application/json', 'text/csv', 'application/x-ndjson'),
});
