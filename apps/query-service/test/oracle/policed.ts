import fc from 'fast-check';
import { columns, grammar, tests } from './expressions.js';
import { codeLiterals, comparisons, tenantLiterals } from './literals.js';
import { call, caseOf, compare, predicate, textLiteral, unified } from './make.js';
import { Node } from './tree.js';
import { TEXT } from './types.js';

/** Columns that some role does not see as they are. */
export const classedColumns = columns('email', 'salary', 'note', 'owner.phone', 'place.keeper').arbitrary;

/** Columns that some roles see as their hash. */
export const hashedColumns = columns('code', 'badge', 'gauge', 'stamp', 'owner.handle').arbitrary;
export const codeColumns = columns('code', 'owner.handle').arbitrary;

/** Uses of such columns: those that a hash can answer, and others. */
export const classedTests = fc.oneof(
  { weight: 4, arbitrary: tests(codeColumns, codeLiterals) },
  { weight: 2, arbitrary: hashedColumns.map((node) => predicate('is null', node, [], false)) },
  fc.tuple(codeColumns, codeColumns).map(([a, b]) => compare('=', a, b)),
  codeColumns.map((node) => predicate('like', node, [textLiteral('k%')], false)),
  fc
    .tuple(comparisons, codeColumns, codeLiterals)
    .map(([operator, node, literal]) => compare(operator, unified('coalesce', [node, literal]), literal)),
  fc
    .tuple(codeColumns, codeLiterals, grammar.condition)
    .map(([node, literal, then]) => caseOf([{ when: compare('=', node, literal), then }], null)),
);

/** The tenant's column, compared with a tenant: the own one, or not. */
export const tenantTests = fc
  .tuple(
    comparisons,
    columns('tenant_id', 'owner.tenant_id').arbitrary,
    tenantLiterals,
    fc.tuple(grammar.condition, grammar.text, fc.constantFrom('bare', 'case', 'else', 'lower', 'when')),
  )
  .map(([operator, column, tenant, [when, other, form]]) => {
    const forms: Readonly<Record<string, () => Node>> = {
      bare: () => compare(operator, column, tenant),
      case: () => compare(operator, caseOf([{ when, then: column }], null), tenant),
      else: () => compare(operator, caseOf([{ when, then: column }], other), tenant),
      lower: () => compare(operator, call('lower', [column], TEXT), tenant),
      when: () =>
        compare(operator, caseOf([{ when: compare('=', column, tenant), then: other }], null), tenant),
    };
    return (forms[form] as () => Node)();
  });
