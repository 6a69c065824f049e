import { Dataset, formatColumnType, TEXT } from '@sluice/catalog';
import { DatasetDescription, DatasetSummary, hasRole, Principal, SluiceError } from '@sluice/contracts';
import { Governance, visibleTo } from '@sluice/policy';
import { GovernanceSource } from '../ports.js';

/** What the catalogue publishes to a principal (SPEC Q14). Row counts over all tenants stay unsaid. */
export class DescribeDatasetsUseCase {
  constructor(private readonly governance: GovernanceSource) {}

  list(principal: Principal): readonly DatasetSummary[] {
    requireViewer(principal);
    const { catalog } = this.governance.current();
    return [...catalog.datasets.values()].map(({ name, description }) => ({ name, description }));
  }

  /** Throws `unknown-dataset`. */
  describe(principal: Principal, name: string): DatasetDescription {
    requireViewer(principal);
    const governance = this.governance.current();
    const dataset = governance.catalog.datasets.get(name);
    if (!dataset) throw new SluiceError('unknown-dataset', `There is no dataset "${name.slice(0, 64)}".`);
    return describeDataset(dataset, principal, governance);
  }
}

function describeDataset(dataset: Dataset, principal: Principal, { policy }: Governance): DatasetDescription {
  const visible = visibleTo(principal, policy);
  return {
    name: dataset.name,
    description: dataset.description,
    key: dataset.key,
    tenantColumn: dataset.tenantColumn,
    columns: [...dataset.columns.values()]
      .filter((column) => visible(dataset, column))
      .map((column) => {
        const masked = policy.treatmentFor(column, principal.roles) !== 'clear';
        const type = formatColumnType(masked ? TEXT : column.type);
        return { name: column.name, type, masked, description: column.description };
      }),
    relations: [...dataset.relations.values()],
  };
}

function requireViewer(principal: Principal): void {
  if (!hasRole(principal, 'viewer')) throw new SluiceError('role-required', 'This needs the role viewer.');
}
