export type Position = readonly [label: string, body: (column: string) => object];
export const condition =
  (op: string, value?: unknown) =>
  (column: string): object => ({
    select: ['id'],
    filter: { column, op, ...(value === undefined ? {} : { value }) },
  });
export const selected =
  (template: string) =>
  (column: string): object => ({
    select: [{ expr: template.replaceAll('#', column), as: 'x' }],
  });

/** Each of them is a way to learn something of a value, or of its order, length or presence. */
export const TEXT_POSITIONS: readonly Position[] = [
  ...(
    [
      'eq',
      'ne',
      'lt',
      'lte',
      'gt',
      'gte',
      'like',
      'notLike',
      'ilike',
      'startsWith',
      'endsWith',
      'contains',
    ] as const
  ).map((op): Position => [`filter ${op}`, condition(op, 'Ann')]),
  ['filter in', condition('in', ['Ann'])],
  ['filter notIn', condition('notIn', ['Ann'])],
  ['filter between', condition('between', ['A', 'B'])],
  ['filter notBetween', condition('notBetween', ['A', 'B'])],
  ['filter isNull', condition('isNull')],
  ['filter isNotNull', condition('isNotNull')],
  ['filter on an expression', (c) => condition('gt', 3)(`length(${c})`)],
  ['sort', (c) => ({ select: ['id'], sort: [c] })],
  ['sort by an alias', (c) => ({ select: ['id', `${c} as n`], sort: ['n desc'] })],
  ['sort by an expression', (c) => ({ select: ['id'], sort: [`upper(${c})`] })],
  ['group', (c) => ({ select: [c, 'count(*) as n'] })],
  ['distinct', (c) => ({ select: [c], distinct: true })],
  ['having', (c) => ({ select: ['count(*) as n'], having: { column: `max(${c})`, op: 'gt', value: 'A' } })],
  ['total', (c) => ({ select: ['id'], filter: { column: c, op: 'ne', value: 'x' }, count: 'exact' })],
  ['cursor', (c) => ({ select: ['id'], sort: [c], page: { limit: 2, after: 'AAAA' } })],
  ...[
    "# = 'Ann'",
    "# in ('Ann')",
    "# like 'A%'",
    "# between 'A' and 'B'",
    '# is null',
    "case when # like 'A%' then 1 end",
    'case when true then # end',
    "concat(#, '')",
    'upper(#)',
    'length(#)',
    'substring(#, 1, 1)',
    "coalesce(#, 'x')",
    "nullif(#, 'x')",
    "greatest(#, 'x')",
    'min(#)',
    'max(#)',
    'count(#)',
    'count_distinct(#)',
  ].map((template): Position => [template, selected(template)]),
];
/** Those that a hash answers, by their labels. */
export const BY_HASH =
  /^(filter (eq|ne|in|notIn|isNull|isNotNull)|sort|sort by an alias|group|distinct|total|# = 'Ann'|# in \('Ann'\)|# is null|count\(#\)|count_distinct\(#\))$/;
