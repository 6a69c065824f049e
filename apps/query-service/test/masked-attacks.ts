import fc from 'fast-check';

const exact = fc.constantFrom('name', 'self.name', 'self.self.name');
const masked = fc.oneof(
  { weight: 12, arbitrary: exact },
  {
    weight: 1,
    arbitrary: fc.constantFrom('wage', 'born', 'pin', 'self.pin', 'NAME', 'Name', 'people.name'),
  },
);
const open = fc.constantFrom('id', 'region', 'seen', 'code', 'tenant_id');
const piece = fc.constantFrom('A', 'An', 'Ann', 'Z', 'a%', '_', '%', '', "'", '12', 'Zacharias');
const quoted = piece.map((value) => `'${value.replaceAll("'", "''")}'`);

/** Texts and conditions, typed, so that what refuses them is policy and nothing before it. */
const { text, bool } = fc.letrec<Record<'text' | 'bool', string>>((tie) => ({
  text: fc.oneof(
    { depthSize: 'small' },
    masked,
    fc.constantFrom('region', 'tenant_id', 'code'),
    fc
      .tuple(tie('text'), fc.constantFrom('upper', 'lower', 'trim', 'min', 'max'))
      .map(([t, name]) => `${name}(${t})`),
    fc
      .tuple(tie('text'), tie('text'), fc.constantFrom('coalesce', 'nullif', 'concat', 'greatest', 'least'))
      .map(([t, u, name]) => `${name}(${t}, ${u})`),
    fc
      .tuple(tie('text'), fc.integer({ min: 1, max: 9 }))
      .map(([t, at]) => `substring(${t}, ${String(at)}, 1)`),
    fc.tuple(tie('bool'), quoted, tie('text')).map(([c, t, u]) => `case when ${c} then ${t} else ${u} end`),
  ),
  bool: fc.oneof(
    { depthSize: 'small' },
    fc
      .tuple(tie('text'), quoted, fc.constantFrom('=', '<', '>=', '<>', 'like'))
      .map(([t, u, op]) => `(${t} ${op} ${u})`),
    tie('text').map((t) => `(${t} is null)`),
    fc.tuple(tie('text'), quoted).map(([t, u]) => `starts_with(${t}, ${u})`),
    fc.tuple(tie('bool'), tie('bool'), fc.constantFrom('and', 'or')).map(([c, d, op]) => `(${c} ${op} ${d})`),
  ),
}));
const count = fc.tuple(text, fc.constantFrom('count', 'count_distinct')).map(([t, name]) => `${name}(${t})`);

const named = fc
  .array(fc.oneof(text, bool, count), { minLength: 1, maxLength: 3 })
  .map((items) => items.map((expr, index) => ({ expr, as: `c${String(index)}` })));
const operators = fc.constantFrom('eq', 'ne', 'lt', 'gt', 'like', 'startsWith', 'contains', 'isNull');
const node = fc
  .tuple(fc.oneof(exact, text), operators, piece)
  .map(([column, op, value]) => (op === 'isNull' ? { column, op } : { column, op, value }));
const page = fc.record({ limit: fc.integer({ min: 1, max: 50 }), offset: fc.integer({ min: 0, max: 45 }) });

/** Masked columns anywhere: most of these are refused. */
const wild = fc.record(
  {
    select: fc.oneof(named, fc.array(fc.oneof(masked, open), { minLength: 1, maxLength: 3 })),
    filter: fc.oneof(node, fc.record({ not: node }), fc.record({ or: fc.tuple(node, node) })),
    having: fc.record({
      column: count,
      op: fc.constantFrom('gt', 'eq'),
      value: fc.integer({ min: 0, max: 40 }),
    }),
    sort: fc.array(fc.oneof(fc.constant('c0'), masked, open), { maxLength: 2 }),
    distinct: fc.constantFrom(false, false, false, true),
    page,
  },
  { requiredKeys: ['select'] },
);

/** Masked columns as they are, or hashes, among what is allowed: these are answered. */
const careful = fc.record(
  {
    select: fc.oneof(
      fc.uniqueArray(fc.oneof(fc.constantFrom('name', 'wage', 'born', 'self.name'), open), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.constant(['code', 'count(*) as n', 'max(id) as m']),
    ),
    filter: fc.oneof(
      fc.record({
        column: fc.constant('id'),
        op: fc.constantFrom('lt', 'gte'),
        value: fc.integer({ min: 0, max: 40 }),
      }),
      fc.record({ column: fc.constantFrom('code', 'region'), op: fc.constantFrom('eq', 'ne'), value: piece }),
      fc.record({ column: fc.constantFrom('code', 'seen'), op: fc.constantFrom('isNull', 'isNotNull') }),
    ),
    sort: fc.array(fc.constantFrom('code', 'code desc'), { maxLength: 1 }),
    page,
  },
  { requiredKeys: ['select'] },
);

/** Queries of somebody who wants to learn what the columns hide; over the dataset of `people-service.ts`. */
export const maskedAttack: fc.Arbitrary<object> = fc.oneof(
  { weight: 3, arbitrary: wild },
  { weight: 1, arbitrary: careful },
);
