import fc from 'fast-check';

const column = fc.constantFrom(
  'id',
  'code',
  'amount',
  'placed',
  'person.town',
  'person.id',
  'person.lead.town',
  'person.place.people',
  'person.mail',
  'person.name',
);
const plainColumn = fc.constantFrom('id', 'amount', 'person.id', 'person.place.people');
const textColumn = fc.constantFrom('code', 'person.town', 'person.lead.town');
/** Texts of callers that try to be SQL. */
const text = fc.constantFrom(
  `x') or (1=1`,
  `"orders"."main"."rows"`,
  `' union select * from "people"."main"."rows" --`,
  'where',
  `$1`,
  'CA',
);
const quoted = text.map((value) => `'${value.replaceAll("'", "''")}'`);
const expression = fc.oneof(
  column,
  fc
    .tuple(plainColumn, plainColumn, fc.constantFrom('+', '-', '*', '/', '%'))
    .map(([a, b, op]) => `(${a} ${op} ${b})`),
  fc.tuple(textColumn, quoted).map(([c, t]) => `concat(${c}, ${t})`),
  fc.tuple(textColumn, quoted).map(([c, t]) => `case when ${c} = ${t} then ${t} else ${c} end`),
  fc.tuple(plainColumn, quoted).map(([c, t]) => `(${c} in (1, 2)) and contains(code, ${t})`),
);
const aggregate = fc.oneof(
  plainColumn.map((c) => `sum(${c})`),
  column.map((c) => `count_distinct(${c})`),
  textColumn.map((c) => `max(${c})`),
  fc.constant('count(*)'),
);
const condition = fc.oneof(
  fc.record({
    column: textColumn,
    op: fc.constantFrom('eq', 'ne', 'like', 'contains', 'startsWith'),
    value: text,
  }),
  fc.record({ column: plainColumn, op: fc.constantFrom('lt', 'gte'), value: fc.integer() }),
  fc.record({
    column: plainColumn,
    op: fc.constant('in'),
    value: fc.array(fc.integer(), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ column: fc.constant('person.mail'), op: fc.constantFrom('eq', 'ne'), value: text }),
);
/** Queries over the datasets of `canonical-shape.spec.ts`; some are refused, most are not. */
export const generatedQuery = fc.record(
  {
    items: fc.array(fc.oneof({ weight: 3, arbitrary: expression }, { weight: 1, arbitrary: aggregate }), {
      minLength: 1,
      maxLength: 4,
    }),
    filter: fc.oneof(
      condition,
      fc.record({ or: fc.array(condition, { minLength: 1, maxLength: 3 }) }),
      fc.record({ not: condition }),
    ),
    sort: fc.array(fc.record({ column: expression, direction: fc.constantFrom('asc', 'desc') }), {
      maxLength: 2,
    }),
    distinct: fc.boolean(),
    timezone: fc.constantFrom('UTC', 'Asia/Tokyo'),
  },
  { requiredKeys: ['items'] },
);
