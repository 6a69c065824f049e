import fc from 'fast-check';
import { grammar } from './expressions.js';
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
} from './literals.js';
import { columnOf } from './make.js';
import { classedColumns, classedTests, codeColumns, tenantTests } from './policed.js';
import { Filter, Literal, Node } from './tree.js';

const COMPARE = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte'] as const;

/** Conditions of a filter on subjects of one kind. */
export function conditions(
  subjects: fc.Arbitrary<Node>,
  constants: fc.Arbitrary<Literal>,
): fc.Arbitrary<Filter> {
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

export const filterOf = (condition: fc.Arbitrary<Filter>): fc.Arbitrary<Filter> =>
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
