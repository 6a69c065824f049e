import fc from 'fast-check';
import { isInexact } from './aggregates.js';
import {
  classedColumns,
  classedTests,
  codeColumns,
  expressions,
  hashedColumns,
  grammar,
  tenantTests,
  transcendental,
} from './expressions.js';
import {
  booleanLiterals,
  codeLiterals,
  dateLiterals,
  longSpans,
  numberLiterals,
  patterns,
  quotedNumbers,
  spans,
  stretches,
  tenantLiterals,
  textLiterals,
  timeLiterals,
  units,
} from './literals.js';
import { aggregateOf, arithmetic, call, caseOf, columnOf, compare, numberLiteral, unified } from './make.js';
import { ZONES } from './pools.js';
import { Filter, Item, Literal, Node, nodesIn, Query, Sort } from './tree.js';
import { TIMESTAMP } from './types.js';
import { Caller } from './world.js';

const COMPARE = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte'] as const;

/** Conditions of a filter on subjects of one kind. */
function conditions(subjects: fc.Arbitrary<Node>, constants: fc.Arbitrary<Literal>): fc.Arbitrary<Filter> {
  const subject = subjects.filter(({ kind }) => kind !== 'literal');
  const condition = (ops: readonly string[], least: number, most: number): fc.Arbitrary<Filter> =>
    fc
      .tuple(fc.constantFrom(...ops), subject, fc.array(constants, { minLength: least, maxLength: most }))
      .map(([op, node, values]) => ({ kind: 'condition', subject: node, op, values }));
  return fc.oneof(
    { weight: 3, arbitrary: condition(COMPARE, 1, 1) },
    condition(['in', 'notIn'], 1, 5),
    condition(['between', 'notBetween'], 2, 2),
    condition(['isNull', 'isNotNull'], 0, 0),
  );
}

const textConditions = fc
  .tuple(
    fc.oneof(
      fc.tuple(fc.constantFrom('like', 'notLike', 'ilike'), patterns),
      fc.tuple(fc.constantFrom('startsWith', 'endsWith', 'contains'), textLiterals),
    ),
    // A pattern meets its match more often in a column than in what was made of one.
    fc.oneof(
      fc.constantFrom('t', 'u', 'owner.label', 'place.kind').map(columnOf),
      grammar.text.filter(({ kind }) => kind !== 'literal'),
    ),
  )
  .map(([[op, value], subject]): Filter => ({ kind: 'condition', subject, op, values: [value] }));

/** Conditions on the calendar. */
const timeConditions = fc
  .oneof(
    fc.tuple(fc.constant('inLast'), grammar.time, spans),
    fc.tuple(fc.constant('inLast'), grammar.date, longSpans),
    fc.tuple(fc.constant('during'), fc.oneof(grammar.time, grammar.date), stretches),
  )
  .filter(([, { kind }]) => kind !== 'literal')
  .map(([op, subject, value]): Filter => ({ kind: 'condition', subject, op, values: [value] }));

const isTrue = (subject: Node): Filter => ({
  kind: 'condition',
  subject,
  op: 'eq',
  values: [{ kind: 'literal', type: { kind: 'boolean' }, value: true, text: 'true' }],
});

const anyCondition = fc.oneof(
  { weight: 6, arbitrary: conditions(grammar.number, fc.oneof(numberLiterals, quotedNumbers)) },
  { weight: 4, arbitrary: conditions(grammar.text, textLiterals) },
  { weight: 4, arbitrary: textConditions },
  { weight: 4, arbitrary: timeConditions },
  { weight: 3, arbitrary: conditions(grammar.date, dateLiterals) },
  { weight: 5, arbitrary: conditions(grammar.time, timeLiterals) },
  { weight: 4, arbitrary: conditions(grammar.condition, booleanLiterals) },
  {
    weight: 1,
    arbitrary: conditions(
      classedColumns.filter(({ type }) => type.kind === 'text'),
      textLiterals,
    ),
  },
  { weight: 1, arbitrary: conditions(codeColumns, codeLiterals) },
  { weight: 1, arbitrary: fc.oneof(tenantTests, classedTests).map(isTrue) },
  {
    weight: 1,
    arbitrary: conditions(fc.constant(columnOf('tenant_id')), tenantLiterals),
  },
);

const filterOf = (condition: fc.Arbitrary<Filter>): fc.Arbitrary<Filter> =>
  fc.letrec<{ readonly filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { depthSize: 'small', maxDepth: 3 },
      { weight: 3, arbitrary: condition },
      fc
        .tuple(
          fc.constantFrom('and' as const, 'or' as const),
          fc.array(tie('filter'), { minLength: 1, maxLength: 3 }),
        )
        .map(([kind, nodes]) => ({ kind, nodes })),
      tie('filter').map((node): Filter => ({ kind: 'not', node })),
    ),
  })).filter;

export const filters = filterOf(anyCondition);

const some = <T>(values: fc.Arbitrary<T>, freq: number): fc.Arbitrary<T | null> =>
  fc.option(values, { freq });
const direction = fc.constantFrom('asc' as const, 'desc' as const);

const named = (nodes: readonly Node[], aliases: readonly boolean[]): readonly Item[] => {
  // Two equal texts would be two equal names.
  return nodes.map((node, index) => ({
    node,
    alias: (aliases[index] ?? true) && nodes.length > 1 ? `c${index}` : null,
  }));
};
const aliasing = fc.array(fc.boolean(), { minLength: 8, maxLength: 8 });

const shape = {
  filter: some(filters, 3),
  timezone: fc.constantFrom(...ZONES),
  count: fc.oneof(
    { weight: 3, arbitrary: fc.constant('exact' as const) },
    fc.constantFrom('estimated' as const, 'none' as const),
  ),
  writing: fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        form: fc.constantFrom('json' as const, 'json' as const, 'ndjson' as const),
        rows: fc.constantFrom('object' as const, 'array' as const),
      }),
    },
    fc.constant({ form: 'csv' as const, rows: 'array' as const }),
  ),
  numbers: fc.constantFrom('json' as const, 'string' as const),
  page: fc.oneof(
    fc.record({ limit: fc.integer({ min: 3, max: 8 }), offset: fc.constant(null) }),
    fc.record({
      limit: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(50)),
      offset: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 12 })),
    }),
  ),
};

const rest = fc.record(shape).map(({ page, writing, ...others }) => ({ ...others, ...writing, ...page }));

/** Rows as they are: columns and expressions, masked ones among them, or all columns. */
const flat: fc.Arbitrary<Query> = fc
  .record({
    nodes: some(
      fc.array(
        fc.oneof(
          { weight: 12, arbitrary: expressions },
          classedColumns,
          hashedColumns,
          classedTests,
          transcendental,
        ),
        {
          minLength: 1,
          maxLength: 5,
        },
      ),
      8,
    ),
    aliasing,
    distinct: fc.oneof({ weight: 7, arbitrary: fc.constant(false) }, fc.constant(true)),
    order: fc.array(
      fc.tuple(
        fc.oneof({ weight: 8, arbitrary: expressions }, hashedColumns),
        fc.option(fc.nat(), { freq: 2 }),
        direction,
      ),
      { maxLength: 3 },
    ),
    rest,
  })
  .map(({ nodes, aliasing: aliases, distinct, order, rest: others }) => {
    const items = nodes && named(nodes, aliases);
    const isDistinct = distinct && items !== null;
    const sort = order.flatMap(([node, pick, way]): readonly Sort[] => {
      const index = pick === null || !items ? null : pick % items.length;
      if (index === null) return isDistinct ? [] : [{ node, item: null, direction: way }];
      return [{ node: items?.[index]?.node ?? node, item: index, direction: way }];
    });
    return { items, having: null, distinct: isDistinct, sort, ...others };
  });

const groupingKeys = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .constantFrom('n', 'b', 't', 'x', 'd', 'shard', 'owner.label', 'place.kind', 'day')
      .map(columnOf),
  },
  { weight: 2, arbitrary: expressions },
  hashedColumns,
  fc
    .tuple(units, fc.constantFrom('at', 'owner.since').map(columnOf))
    .map((args) => call('date_trunc', args, TIMESTAMP)),
);

const plainAggregates = fc.oneof(
  fc.constant(aggregateOf('count_rows', [])),
  fc
    .tuple(fc.constantFrom('sum', 'avg', 'median', 'stddev'), grammar.number)
    .map(([name, arg]) => aggregateOf(name, [arg])),
  fc
    .tuple(grammar.number, fc.constantFrom('0', '0.25', '.5', '0.9', '1'))
    .map(([arg, fraction]) => aggregateOf('quantile', [arg, numberLiteral(fraction)])),
  fc
    .tuple(fc.constantFrom('min', 'max', 'any_value', 'count', 'count_distinct'), expressions)
    .map(([name, arg]) => aggregateOf(name, [arg])),
  fc
    .oneof(
      fc.tuple(fc.constantFrom('count', 'count_distinct'), hashedColumns),
      fc.tuple(fc.constant('max'), codeColumns),
    )
    .map(([name, arg]) => aggregateOf(name, [arg])),
  fc
    .tuple(fc.constantFrom('first', 'last'), fc.array(expressions, { minLength: 1, maxLength: 2 }))
    .map(([name, args]) => aggregateOf(name, args)),
);
/** Order and conditions need values that do not depend on the order of addition. */
const exactAggregates = plainAggregates.filter(isExact);
const rowCount = aggregateOf('count_rows', []);

function isExact(node: Node): boolean {
  return nodesIn(node).every(
    (part) => part.kind !== 'aggregate' || part.type.kind !== 'double' || !isInexact(part.name),
  );
}

const numeric = ({ type }: Node): boolean => ['integer', 'decimal'].includes(type.kind);
const aggregates = fc.oneof(
  { weight: 5, arbitrary: plainAggregates },
  exactAggregates.filter(numeric).map((node) => arithmetic('/', node, rowCount)),
  exactAggregates.filter(numeric).map((node) => unified('coalesce', [node, numberLiteral('0')])),
  exactAggregates.map((node) =>
    caseOf([{ when: compare('>', rowCount, numberLiteral('1')), then: node }], null),
  ),
  fc
    .constant(aggregateOf('avg', [columnOf('n')]))
    .map((node) => call('round', [node, numberLiteral('2')], { kind: 'double' })),
);

const havingConditions = fc.oneof(
  conditions(exactAggregates.filter(numeric), numberLiterals),
  conditions(
    fc.constantFrom('t', 'u', 'shard').map((name) => aggregateOf('max', [columnOf(name)])),
    textLiterals,
  ),
  conditions(
    fc.constantFrom('at', 'owner.since').map((name) => aggregateOf('min', [columnOf(name)])),
    timeLiterals,
  ),
);

/** Groups: keys and aggregates, with conditions on them and an order by them. */
const grouped: fc.Arbitrary<Query> = fc
  .record({
    keys: fc.array(groupingKeys, { maxLength: 2 }),
    values: fc.array(aggregates, { minLength: 1, maxLength: 3 }),
    aliasing,
    having: some(filterOf(havingConditions), 2),
    order: fc.array(fc.tuple(some(fc.nat(), 4), exactAggregates, direction), { maxLength: 2 }),
    distinct: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
    rest,
  })
  .map(({ keys, values, aliasing: aliases, order, rest: shaped, ...others }) => {
    const items = named([...keys, ...values], aliases);
    const sort = order.flatMap(([pick, node, way]): readonly Sort[] => {
      const index = pick === null ? null : pick % items.length;
      const chosen = index === null ? node : (items[index]?.node ?? node);
      return isExact(chosen) ? [{ node: chosen, item: index, direction: way }] : [];
    });
    return { items, sort, ...others, ...shaped };
  });

/** A query, and a number from which its spelling follows. */
export const queries: fc.Arbitrary<{ readonly query: Query; readonly spelling: number }> = fc.record({
  query: fc.oneof({ weight: 3, arbitrary: flat }, { weight: 2, arbitrary: grouped }),
  spelling: fc.nat(1_000_000),
});

export const callers: fc.Arbitrary<Caller> = fc.record({
  role: fc.oneof(
    { weight: 3, arbitrary: fc.constant('admin' as const) },
    fc.constantFrom('viewer' as const, 'exporter' as const),
  ),
  tenants: fc.constantFrom(['CA'], ['TX'], ['CA', 'NY'], ['TX', 'CA']),
});
