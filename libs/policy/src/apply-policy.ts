import { TEXT } from '@sluice/catalog';
import { Principal, SluiceError } from '@sluice/contracts';
import {
  BoundExpression,
  BoundQuery,
  childrenOf,
  ColumnUse,
  govern,
  GovernedQuery,
  GovernedScan,
  literal,
  operation,
  refusal,
  Scan,
  Treatment,
  walk,
} from '@sluice/query-dsl';
import { Policy } from './policy.js';

/**
 * Narrows a query to what the principal may see (SPEC P3, P5): each scan gets the tenant predicate and the treatments of its
 * columns. Throws `tenant-forbidden` for a condition that names another tenant, `column-masked` for any use of a masked
 * column but selecting it as it is.
 */
export function applyPolicy(query: BoundQuery, principal: Principal, policy: Policy): GovernedQuery {
  const [first, ...rest] = query.scans.map((scan, index) => governScan(scan, index, principal, policy));
  const governed = govern(query, [first as GovernedScan, ...rest]);
  for (const expression of expressionsOf(query)) refuseForeignTenants(expression, governed, principal);
  for (const expression of restrictedExpressionsOf(query, governed)) refuseMasked(expression, governed);
  return governed;
}

function governScan(scan: Scan, index: number, principal: Principal, policy: Policy): GovernedScan {
  const { dataset } = scan;
  const treatments = new Map<string, Treatment>();
  for (const column of dataset.columns.values()) {
    const treatment = policy.treatmentFor(column, principal.roles);
    if (treatment !== 'deny') treatments.set(column.name, treatment);
  }
  if (dataset.tenantColumn === null) return { ...scan, treatments, predicates: [] };
  const tenant: ColumnUse = {
    kind: 'column',
    scan: index,
    name: dataset.tenantColumn,
    type: TEXT,
    pointer: '',
  };
  return { ...scan, treatments, predicates: [isOwnTenant(tenant, principal)] };
}

function isOwnTenant(tenant: ColumnUse, { tenants }: Principal): BoundExpression {
  const equal = [...new Set(tenants)].sort().map((own) => operation('eq', [tenant, literal(TEXT, own)]));
  return equal.length === 1 ? (equal[0] as BoundExpression) : operation('or', equal);
}

function expressionsOf(query: BoundQuery): readonly BoundExpression[] {
  return [
    ...query.items.map(({ expression }) => expression),
    ...query.sort.map(({ expression }) => expression),
    ...[query.filter, query.having].flatMap((expression) => expression ?? []),
  ];
}

/** All but the items that are a bare column of a query without grouping: those may be selected masked. */
function restrictedExpressionsOf(query: BoundQuery, governed: GovernedQuery): readonly BoundExpression[] {
  const bare = query.grouped ? [] : governed.items.map(({ expression }) => expression).filter(isColumn);
  const allowed = new Set<BoundExpression>(bare);
  const sorted = query.sort.map(({ expression }) => expression);
  return [...expressionsOf(query).filter((expression) => !allowed.has(expression)), ...sorted];
}

const isColumn = (expression: BoundExpression): expression is ColumnUse => expression.kind === 'column';

function refuseMasked(expression: BoundExpression, query: GovernedQuery): void {
  for (const column of columnsIn(expression)) {
    if (query.scans[column.scan]?.treatments.get(column.name) === 'clear') continue;
    const message = `"${column.name}" is masked for your role: it may only be selected as it is.`;
    throw refusal('column-masked', message, { pointer: column.pointer });
  }
}

/** Comparisons have their row filter anyway; this tells the caller, instead of answering with nothing (SPEC P3). */
function refuseForeignTenants(expression: BoundExpression, query: GovernedQuery, principal: Principal): void {
  for (const node of walk(expression)) {
    if (node.type.kind !== 'boolean' || node.kind === 'case' || node.kind === 'aggregate') continue;
    if (node.kind === 'operation' && ['and', 'or', 'not', 'is-null', 'coalesce'].includes(node.name))
      continue;
    const column = childrenOf(node)
      .flatMap(columnsIn)
      .find((use) => isTenantColumn(use, query));
    if (!column) continue;
    for (const value of textsIn(node)) {
      if (!principal.tenants.includes(value)) throw foreignTenant(column);
    }
  }
}

function isTenantColumn({ scan, name }: ColumnUse, query: GovernedQuery): boolean {
  return query.scans[scan]?.dataset.tenantColumn === name;
}

function columnsIn(expression: BoundExpression): readonly ColumnUse[] {
  return [...walk(expression)].filter(isColumn);
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
