import fc from 'fast-check';
import { isInexact } from './aggregates.js';
import { conditions, filterOf, filters } from './conditions.js';
import { expressions, grammar, transcendental } from './expressions.js';
import { numberLiterals, textLiterals, timeLiterals, units } from './literals.js';
import { aggregateOf, arithmetic, call, caseOf, columnOf, compare, numberLiteral, unified } from './make.js';
import { classedColumns, classedTests, codeColumns, hashedColumns } from './policed.js';
import { ZONES } from './pools.js';
import { Item, Node, nodesIn, Query, Sort } from './tree.js';
import { TIMESTAMP } from './types.js';
import { Caller } from './world.js';

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
