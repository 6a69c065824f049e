import { Catalog, Dataset, formatColumnType, TEXT } from '@sluice/catalog';
import { DatasetDescription, DatasetSummary, hasRole, Principal, SluiceError } from '@sluice/contracts';
import { Governance, visibleTo } from '@sluice/policy';
import { GovernanceSource } from '../ports.js';

/** What the catalogue publishes to a principal (SPEC Q14). Row counts over all tenants stay unsaid. */
export class DescribeDatasetsUseCase {
  constructor(private readonly governance: GovernanceSource) {}

  list(principal: Principal): readonly DatasetSummary[] {
    requireViewer(principal);
    const { catalog } = this.governance.current();
    return [...catalog.datasets.values()].map((dataset) => summaryOf(dataset, catalog));
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

const summaryOf = ({ name, description }: Dataset, { defaultDataset }: Catalog): DatasetSummary => ({
  name,
  description,
  default: name === defaultDataset,
});

function describeDataset(dataset: Dataset, principal: Principal, governance: Governance): DatasetDescription {
  const { catalog, policy } = governance;
  const visible = visibleTo(principal, policy);
  const isVisible = (owner: Dataset, name: string): boolean => {
    const column = owner.columns.get(name);
    return column !== undefined && visible(owner, column);
  };
  const isClear = (name: string): boolean => {
    const column = dataset.columns.get(name);
    return column !== undefined && policy.treatmentFor(column, principal.roles) === 'clear';
  };
  return {
    ...summaryOf(dataset, catalog),
    key: dataset.key.filter((name) => isVisible(dataset, name)),
    tenantColumn: dataset.tenantColumn,
    columns: [...dataset.columns.values()]
      .filter((column) => visible(dataset, column))
      .map((column) => {
        const treatment = policy.treatmentFor(column, principal.roles);
        const masked = treatment !== 'clear';
        const type = formatColumnType(masked ? TEXT : column.type);
        return { name: column.name, type, masked, description: column.description, treatment };
      }),
    relations: [...dataset.relations.values()].filter(({ dataset: target, columns }) => {
      const owner = catalog.datasets.get(target);
      return (
        owner?.key.every((name) => isVisible(owner, name)) &&
        columns.every((name) => isVisible(dataset, name))
      );
    }),
    // Conditions are possible on what is seen as it is.
    largeTable: dataset.largeTable && {
      rows: dataset.largeTable.rows,
      conditionOn: dataset.largeTable.conditionOn.filter(isClear),
    },
  };
}

function requireViewer(principal: Principal): void {
  if (!hasRole(principal, 'viewer')) throw new SluiceError('role-required', 'This needs the role viewer.');
}
