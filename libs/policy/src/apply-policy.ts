import { TEXT } from '@sluice/catalog';
import { Principal } from '@sluice/contracts';
import {
  BoundExpression,
  BoundQuery,
  ColumnUse,
  govern,
  GovernedQuery,
  GovernedScan,
  literal,
  MaskKey,
  operation,
  Scan,
  Treatment,
} from '@sluice/query-dsl';
import { refuseForeignTenants } from './foreign-tenants.js';
import { refuseMaskedUses } from './masked-uses.js';
import { Policy } from './policy.js';

/**
 * Narrows a query to what the principal may see (SPEC P3–P5): each scan gets the tenant predicate, the row filter of the roles and the
 * treatments of its columns; groups get their smallest size. Throws `tenant-forbidden` for a condition that names another
 * tenant, `column-masked` for a use that could tell something of a masked column, `claim-required` where a row filter lacks a claim.
 *
 * @param maskKey needed only where the policy hashes
 */
export function applyPolicy(
  query: BoundQuery,
  principal: Principal,
  policy: Policy,
  maskKey: MaskKey | null = null,
): GovernedQuery {
  const [first, ...rest] = query.scans.map((scan, index) =>
    governScan(scan, index, query.askedAt, principal, policy),
  );
  const smallestGroup = policy.smallestGroupFor(principal.roles);
  const governed = govern(query, [first as GovernedScan, ...rest], { smallestGroup, maskKey });
  for (const expression of expressionsOf(query)) refuseForeignTenants(expression, governed, principal);
  refuseMaskedUses(governed);
  return governed;
}

function governScan(
  scan: Scan,
  index: number,
  askedAt: bigint,
  principal: Principal,
  policy: Policy,
): GovernedScan {
  const { dataset } = scan;
  const treatments = new Map<string, Treatment>();
  for (const column of dataset.columns.values()) {
    const treatment = policy.treatmentFor(column, principal.roles);
    if (treatment !== 'deny') treatments.set(column.name, treatment);
  }
  const rows = policy.rowsFor(dataset.name, principal, askedAt);
  const tenant = dataset.tenantColumn === null ? [] : [isOwnTenant(dataset.tenantColumn, index, principal)];
  return { ...scan, treatments, predicates: [...tenant, ...(rows ? [rows] : [])] };
}

function isOwnTenant(name: string, scan: number, { tenants }: Principal): BoundExpression {
  const tenant: ColumnUse = { kind: 'column', scan, name, type: TEXT, pointer: '' };
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
