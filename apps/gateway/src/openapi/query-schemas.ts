import { flag, listOf, orNull, record, ref, text, whole, type Schema } from './json-schema.js';
import { QUERY_ANSWER_EXAMPLE, ROWS_EXAMPLE } from './examples.js';

const OPERATORS_WITH_VALUE = 'eq ne lt lte gt gte like notLike ilike startsWith endsWith contains'.split(' ');
const scalar: Schema = { type: ['string', 'number', 'boolean'] };
const operand = text('A column (`origin`), a related one (`origin_airport.city`) or an expression.');

const condition = (op: Schema, value?: Schema): Schema =>
  record({ column: operand, op, ...(value !== undefined && { value }) });

const expressionHelp =
  'Columns, literals, `+ - * / %`, comparison, `and or not`, `case when`, `in`, `between`, `like`, `is null`, `cast(x as type)`, and the ' +
  'functions of the query language. Aggregates imply grouping by the other items.';

const queryKeys: Readonly<Record<string, Schema>> = {
  dataset: text('May be left out when the catalogue names a default.'),
  select: listOf(ref('SelectItem'), {
    minItems: 1,
    maxItems: 200,
    description: 'All columns that the caller may see, when left out.',
  }),
  filter: ref('Filter'),
  having: { ...ref('Filter'), description: 'A filter on aggregates.' },
  sort: listOf(ref('SortItem'), { maxItems: 32 }),
  distinct: flag('Removes rows that are equal in all selected items.'),
  count: {
    enum: ['exact', 'estimated', 'none'],
    default: 'exact',
    description: 'Whether, and how, `meta.totalRows` is counted.',
  },
  timezone: text('IANA name; timestamps are answered and grouped in it.', { default: 'UTC' }),
  rows: { enum: ['object', 'array'], default: 'object' },
  numbers: {
    enum: ['json', 'string'],
    default: 'json',
    description: '`string` quotes integers and decimals, for readers that would round them.',
  },
};

/** What is asked and answered on `/query` and `/datasets`. */
export const QUERY_SCHEMAS: Readonly<Record<string, Schema>> = {
  SelectItem: {
    description: expressionHelp,
    anyOf: [
      text('`"region"` or `"sum(quantity * unit_price) as revenue"`.'),
      record({ expr: text(), as: text() }, ['as']),
    ],
  },
  SortItem: {
    anyOf: [
      text('`"revenue desc"`.'),
      record({ column: operand, direction: { enum: ['asc', 'desc'], default: 'asc' } }, ['direction']),
    ],
  },
  Filter: {
    description:
      'At most 500 nodes, 32 deep; at most 10,000 values in a list. Numbers that a double would change are refused: write them as texts.',
    anyOf: [
      record({ and: listOf(ref('Filter'), { minItems: 1 }) }),
      record({ or: listOf(ref('Filter'), { minItems: 1 }) }),
      record({ not: ref('Filter') }),
      condition({ enum: OPERATORS_WITH_VALUE }, scalar),
      condition({ enum: ['in', 'notIn'] }, listOf(scalar, { minItems: 1, maxItems: 10_000 })),
      condition({ enum: ['between', 'notBetween'] }, listOf(scalar, { minItems: 2, maxItems: 2 })),
      condition(
        { const: 'inLast' },
        text(
          'A length of time up to now, for dates and timestamps: `7d`, `36h`, `90 min`, `3 months`, `1 year`.',
        ),
      ),
      condition(
        { const: 'during' },
        text(
          'A stretch of the calendar in the zone of the query: `today`, `yesterday`, `tomorrow`, `this`, `last` or `next` with `week`, ' +
            '`month`, `quarter` or `year`, or written as `2024`, `2024-Q1`, `2024-03`, `2024-W10`, `2024-03-05`.',
        ),
      ),
      condition({ enum: ['isNull', 'isNotNull'] }),
    ],
  },
  Page: record(
    {
      limit: whole('Rows of the page.', { minimum: 1, maximum: 5_000 }),
      after: text('`page.next` of the page before; excludes `offset`.'),
      offset: whole('Rows to leave out; for deep pages walk with `after`.', { minimum: 0, maximum: 100_000 }),
    },
    ['after', 'offset'],
  ),
  Query: record({ ...queryKeys, page: ref('Page') }, Object.keys(queryKeys), { examples: [ROWS_EXAMPLE] }),
  QueryDefinition: record(queryKeys, Object.keys(queryKeys), {
    description: 'A query without `page`: an export holds all its rows.',
  }),
  Column: record({
    name: text(),
    type: text('`text`, `integer`, `decimal(12,2)`, `double`, `boolean`, `date`, `timestamp`.'),
    masked: flag('Values are hidden from this caller, and may only be selected as they are.'),
  }),
  QueryAnswer: record(
    {
      columns: listOf(ref('Column')),
      rows: listOf({ type: ['object', 'array'] }),
      page: record({
        limit: whole(),
        returned: whole(),
        hasMore: flag(),
        next: orNull(text('Cursor for `page.after`; signed, good for this query and caller only.')),
      }),
      meta: record({
        totalRows: orNull(whole()),
        totalIsExact: flag(),
        executionMs: { type: 'number' },
        etag: text(),
        cached: flag(),
        queryId: text(),
        dataVersion: text(),
      }),
    },
    [],
    { examples: [QUERY_ANSWER_EXAMPLE] },
  ),
  DatasetSummary: record({ name: text(), description: text(), rows: whole() }),
  DatasetList: record({ datasets: listOf(ref('DatasetSummary')) }),
  Dataset: record({
    name: text(),
    description: text(),
    rows: whole(),
    key: listOf(text()),
    tenantColumn: orNull(text('Null for data that all tenants share.')),
    columns: listOf(record({ name: text(), type: text(), masked: flag(), description: text() })),
    relations: listOf(record({ name: text(), dataset: text(), columns: listOf(text()) })),
  }),
};
