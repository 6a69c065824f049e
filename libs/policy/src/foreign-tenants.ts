import { Principal, SluiceError } from '@sluice/contracts';
import { BoundExpression, childrenOf, ColumnUse, GovernedQuery, refusal, walk } from '@sluice/query-dsl';

/** Conditions that compare nothing themselves: what they hold is looked at by itself. */
const LOGIC: readonly string[] = ['and', 'or', 'not', 'is-null', 'coalesce'];
/** Operations whose first argument is a unit of time. */
const OF_UNITS: readonly string[] = ['date_trunc', 'date_part', 'date_diff', 'trunc-elapsed'];
/** Operations whose last argument may be a time zone. */
const OF_ZONES: readonly string[] = ['cast', 'local-to-instant', 'instant-to-local', 'trunc-elapsed'];

/**
 * Refuses an expression that compares a tenant column, however wrapped, with a text that is no tenant of the principal (SPEC P3). Texts
 * that make up a compared value count as well. The rows are narrowed anyway; this tells the caller, instead of answering with nothing.
 * Throws `tenant-forbidden`.
 */
export function refuseForeignTenants(
  expression: BoundExpression,
  query: GovernedQuery,
  principal: Principal,
): void {
  for (const node of walk(expression)) {
    if (!compares(node)) continue;
    const met = [...meetingIn(node)];
    const column = met.find((use) => use.kind === 'column' && isTenantColumn(use, query));
    if (column?.kind !== 'column') continue;
    for (const value of met.flatMap(textsOf)) {
      if (!principal.tenants.includes(value)) throw foreignTenant(column);
    }
  }
}

function compares(node: BoundExpression): boolean {
  if (node.kind === 'in') return true;
  if (node.kind !== 'operation') return false;
  return node.name === 'nullif' || (node.type.kind === 'boolean' && !LOGIC.includes(node.name));
}

function isTenantColumn({ scan, name }: ColumnUse, query: GovernedQuery): boolean {
  return query.scans[scan]?.dataset.tenantColumn === name;
}

/** A comparison, and all whose values can meet in it. Conditions below are left out, since they only decide which values do. */
function* meetingIn(node: BoundExpression): Iterable<BoundExpression> {
  yield node;
  for (const part of valuesOf(node)) if (!isCondition(part)) yield* meetingIn(part);
}

const isCondition = ({ kind, type }: BoundExpression): boolean =>
  type.kind === 'boolean' && (kind === 'operation' || kind === 'in');

/** The parts of an expression that its value is made of. */
function valuesOf(node: BoundExpression): readonly BoundExpression[] {
  switch (node.kind) {
    case 'case':
      return [...node.branches.map(({ then }) => then), ...(node.otherwise ? [node.otherwise] : [])];
    // The others say which row is taken.
    case 'aggregate':
      return node.args.slice(0, 1);
    case 'operation': {
      const first = OF_UNITS.includes(node.name) ? 1 : 0;
      return node.args.slice(first, OF_ZONES.includes(node.name) ? first + 1 : undefined);
    }
    default:
      return childrenOf(node);
  }
}

function textsOf(node: BoundExpression): readonly string[] {
  if (node.kind === 'in') return node.operand.type.kind === 'text' ? node.values.map(String) : [];
  return node.kind === 'literal' && node.type.kind === 'text' && node.value !== null
    ? [String(node.value)]
    : [];
}

function foreignTenant({ pointer }: ColumnUse): SluiceError {
  return refusal('tenant-forbidden', 'The query names a tenant that is not yours.', { pointer });
}
