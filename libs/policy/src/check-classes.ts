import { Catalog, Column, Dataset } from '@sluice/catalog';
import { ROLES } from '@sluice/contracts';
import { PolicyFile, TREATMENTS } from './policy-file.js';

type Treatment = (typeof TREATMENTS)[number];

/**
 * What is wrong with the classes. Keys order every page and link datasets, so they are clear, or hashed, which still tells rows
 * apart; the tenant column is clear; both ends of a relation are treated alike, else one would tell the other.
 */
export function* problemsOfClasses(file: PolicyFile, catalog: Catalog): Iterable<string> {
  for (const dataset of catalog.datasets.values()) {
    for (const column of dataset.columns.values()) yield* problemsOfColumn(column, dataset, file);
    yield* problemsOfRelations(dataset, file, catalog);
  }
}

function* problemsOfColumn(column: Column, dataset: Dataset, file: PolicyFile): Iterable<string> {
  const { name, dataClass } = column;
  if (dataClass === null) return;
  if (!Object.hasOwn(file.classes, dataClass)) {
    yield `classes: there is no "${dataClass}", the class of ${dataset.name}.${name}`;
    return;
  }
  const rules = treatmentsOf(column, file);
  if (dataset.tenantColumn === name && rules.some((rule) => rule !== 'clear')) {
    yield `classes.${dataClass}: ${dataset.name}.${name} is the tenant column, so every role must see it clear`;
  } else if (dataset.key.includes(name) && rules.some((rule) => rule !== 'clear' && rule !== 'hash')) {
    yield `classes.${dataClass}: ${dataset.name}.${name} is a key column, so every role must see it clear or as a hash`;
  }
}

function* problemsOfRelations(dataset: Dataset, file: PolicyFile, catalog: Catalog): Iterable<string> {
  for (const relation of dataset.relations.values()) {
    const target = catalog.datasets.get(relation.dataset);
    for (const [index, name] of relation.columns.entries()) {
      const key = target?.columns.get(target.key[index] ?? '');
      const column = dataset.columns.get(name);
      if (!key || !column) continue;
      const [mine, theirs] = [treatmentsOf(column, file), treatmentsOf(key, file)];
      const role = ROLES.find((_, position) => mine[position] !== theirs[position]);
      if (role === undefined) continue;
      yield `classes: ${dataset.name}.${name} points to ${relation.dataset}.${key.name}, so the role ${role} must see both alike: one tells the other`;
    }
  }
}

/** In the order of the roles. */
function treatmentsOf({ dataClass }: Column, file: PolicyFile): readonly Treatment[] {
  if (dataClass === null) return ROLES.map(() => 'clear');
  const rules = Object.hasOwn(file.classes, dataClass) ? file.classes[dataClass] : undefined;
  return ROLES.map((role) => rules?.[role] ?? 'deny');
}
