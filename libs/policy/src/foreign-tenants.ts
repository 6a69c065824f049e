import { Principal, SluiceError } from '@sluice/contracts';
import { BoundExpression, childrenOf, ColumnUse, GovernedQuery, refusal, walk } from '@sluice/query-dsl';

/** Conditions that compare nothing themselves: what they hold is looked at by itself. */
const LOGIC: readonly string[] = ['and', 'or', 'not', 'is-null', 'coalesce'];

/**
 * Refuses an expression that compares a tenant column, however wrapped, with a text that is no tenant of the principal (SPEC P3). The
 * rows are narrowed anyway; this tells the caller, instead of answering with nothing. Throws `tenant-forbidden`.
 */
export function refuseForeignTenants(
  expression: BoundExpression,
  query: GovernedQuery,
  principal: Principal,
): void {
  for (const node of walk(expression)) {
    if (!compares(node)) continue;
    const column = childrenOf(node)
      .flatMap((child) => [...walk(child)])
      .find((use) => use.kind === 'column' && isTenantColumn(use, query));
    if (column?.kind !== 'column') continue;
    for (const value of textsIn(node)) {
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

function textsIn(expression: BoundExpression): readonly string[] {
  return [...walk(expression)].flatMap((node) => {
    if (node.kind === 'in') return node.values.filter((value) => typeof value === 'string');
    return node.kind === 'literal' && typeof node.value === 'string' ? [node.value] : [];
  });
}

function foreignTenant({ pointer }: ColumnUse): SluiceError {
  return refusal('tenant-forbidden', 'The query names a tenant that is not yours.', { pointer });
}
