import { flag, listOf, orNull, record, ref, text, whole, type Schema } from './json-schema.js';
import { EXPLANATION_EXAMPLE, QUERY_ANSWER_EXAMPLE, ROWS_EXAMPLE } from './examples.js';

const OPERATORS_WITH_VALUE = 'eq ne lt lte gt gte like notLike ilike startsWith endsWith contains'.split(' ');
const scalar: Schema = { type: ['string', 'number', 'boolean'] };
const operand = text('A column (`origin`), a related one (`origin_airport.city`) or an expression.');

const condition = (op: Schema, value?: Schema): Schema =>
  record({ column: operand, op, ...(value !== undefined && { value }) });

const expressionHelp =
  'Columns, literals, `+ - * / %`, comparison, `and or not`, `case when`, `in`, `between`, `like`, `is null`, and the ' +
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
    description:
      'The total over all pages. `estimated` looks at a sample of the rows that the caller may see, where these are more ' +
      'than 100,000, and counts where the sample says too little; `totalIsExact` tells which.',
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
  Explanation: record(
    {
      dataset: text(),
      tables: listOf(
        record({
          dataset: text(),
          path: text('Relations that lead to it; empty for the dataset of the query.'),
          columns: listOf(text('Read by the query.')),
          rowFilters: listOf({
            description:
              'What policy lets through: a filter of the query language, or null for one over what is hidden.',
            type: ['object', 'null'],
          }),
        }),
      ),
      columns: listOf(
        record({
          name: text(),
          type: text(),
          masked: flag(),
          treatment: text('What policy does to the values: `clear`, `mask`, `partial`, …'),
          dataClass: orNull(text('Why: the class of the column.')),
        }),
      ),
      groupedBy: orNull(listOf(text())),
      order: listOf(record({ expression: text(), direction: { enum: ['asc', 'desc'] } })),
      estimatedRows: orNull(whole('Rows that the caller may see, before the filter; null without data.')),
      cached: flag('The page and its total would be answered without running anything.'),
      wouldRefuse: orNull(
        record({ code: text(), message: text(), details: { type: 'object' } }, [], {
          description: 'What a guard would refuse the query with.',
        }),
      ),
      policyVersion: text(),
      dataVersion: text(),
    },
    [],
    { examples: [EXPLANATION_EXAMPLE] },
  ),
  DatasetSummary: record({
    name: text(),
    description: text(),
    default: flag('Used by queries that name no dataset.'),
  }),
  DatasetList: record({ datasets: listOf(ref('DatasetSummary')) }),
  Dataset: record({
    name: text(),
    description: text(),
    default: flag(),
    key: listOf(text()),
    tenantColumn: orNull(text('Null for data that all tenants share.')),
    columns: listOf(
      record({
        name: text(),
        type: text(),
        masked: flag(),
        description: text(),
        treatment: text('What policy does to the values for this caller: `clear`, `mask`, `partial`, …'),
      }),
    ),
    relations: listOf(record({ name: text(), dataset: text(), columns: listOf(text()) })),
    largeTable: orNull(
      record({ rows: whole(), conditionOn: listOf(text()) }, [], {
        description: 'Who may see more rows needs a condition on one of the columns.',
      }),
    ),
  }),
};
