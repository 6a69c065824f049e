import { createHash } from 'node:crypto';
import { DatasetFile, datasetFile } from './catalog-file.js';
import { formatColumnType } from './column-type.js';
import { Catalog, Column, Dataset, LargeTable } from './dataset.js';

/** What is wrong with a catalogue, all of it: each line names the file and the place. */
export class CatalogError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The catalogue is not valid:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'CatalogError';
  }
}

/** A parsed YAML document and the name of the file it came from. */
export interface CatalogSource {
  readonly file: string;
  readonly content: unknown;
}

/** Checks all files together and makes the catalogue. Throws `CatalogError` with every problem found. */
export function buildCatalog(sources: readonly CatalogSource[]): Catalog {
  const problems: string[] = [];
  const files = sources.flatMap((source) => readFile(source, problems));
  const datasets = new Map<string, Dataset>();
  for (const { file, data } of files) {
    if (datasets.has(data.name)) problems.push(`${file}: name: "${data.name}" stands in another file too`);
    datasets.set(data.name, toDataset(data));
  }
  for (const { file, data } of files) {
    problems.push(...checkDataset(toDataset(data), datasets).map((problem) => `${file}: ${problem}`));
  }
  const defaults = files.filter(({ data }) => data.default).map(({ data }) => data.name);
  if (defaults.length > 1) problems.push(`default: ${defaults.join(' and ')} both claim to be the default`);
  if (problems.length > 0) throw new CatalogError(problems);
  return { datasets, defaultDataset: defaults[0] ?? null, version: versionOf(sources) };
}

function readFile(
  { file, content }: CatalogSource,
  problems: string[],
): { readonly file: string; readonly data: DatasetFile }[] {
  const result = datasetFile.safeParse(content);
  if (result.success) return [{ file, data: result.data }];
  for (const issue of result.error.issues) {
    problems.push(`${file}: ${issue.path.map(String).join('.') || 'the file'}: ${issue.message}`);
  }
  return [];
}

function toDataset(file: DatasetFile): Dataset {
  const columns = new Map<string, Column>();
  for (const [name, column] of Object.entries(file.columns)) {
    columns.set(name, { name, type: column.type, description: column.description, dataClass: column.class });
  }
  return {
    name: file.name,
    description: file.description,
    tenantColumn: file.tenant ?? null,
    shared: file.shared,
    key: file.key,
    largeTable: file.largeTable ? toLargeTable(file.largeTable, file) : null,
    columns,
    relations: new Map(Object.entries(file.relations).map(([name, link]) => [name, { name, ...link }])),
  };
}

/** Without columns of its own the rule asks for a condition on the key; that on the tenant stands there anyway. */
function toLargeTable(
  { rows, conditionOn }: NonNullable<DatasetFile['largeTable']>,
  { key, tenant }: DatasetFile,
): LargeTable {
  return { rows, conditionOn: conditionOn ?? key.filter((name) => name !== tenant) };
}

function* checkLargeTable({ largeTable, columns, tenantColumn }: Dataset): Iterable<string> {
  if (!largeTable) return;
  if (largeTable.conditionOn.length === 0) yield 'largeTable: needs conditionOn: the key is the tenant alone';
  for (const name of largeTable.conditionOn) {
    if (!columns.has(name)) yield `largeTable.conditionOn: there is no column "${name}"`;
    if (name === tenantColumn) yield `largeTable.conditionOn: "${name}" is the tenant, which narrows nothing`;
  }
}

function* checkNames(dataset: Dataset): Iterable<string> {
  for (const name of dataset.key) {
    if (!dataset.columns.has(name)) yield `key: there is no column "${name}"`;
  }
  if (dataset.tenantColumn !== null) {
    const tenant = dataset.columns.get(dataset.tenantColumn);
    if (!tenant) yield `tenant: there is no column "${dataset.tenantColumn}"`;
    else if (tenant.type.kind !== 'text') yield `tenant: "${tenant.name}" must be of type text`;
  }
}

function checkDataset(dataset: Dataset, all: ReadonlyMap<string, Dataset>): readonly string[] {
  const problems = [...checkNames(dataset), ...checkLargeTable(dataset)];
  for (const relation of dataset.relations.values()) {
    const at = `relations.${relation.name}`;
    const target = all.get(relation.dataset);
    if (dataset.columns.has(relation.name)) problems.push(`${at}: a column has the same name`);
    if (!target) {
      problems.push(`${at}: there is no dataset "${relation.dataset}"`);
    } else if (target.key.length !== relation.columns.length) {
      problems.push(`${at}: needs ${target.key.length} columns, as many as the key of ${target.name}`);
    } else {
      relation.columns.forEach((name, index) => {
        const problem = checkJoin(dataset, name, target, target.key[index] ?? '');
        if (problem) problems.push(`${at}: ${problem}`);
      });
    }
  }
  return problems;
}

/** A relation joins on the target's whole key, of the same types: so it never multiplies rows and never casts. */
function checkJoin(owner: Dataset, name: string, target: Dataset, keyName: string): string | undefined {
  const from = owner.columns.get(name);
  const to = target.columns.get(keyName);
  if (!from) return `there is no column "${name}"`;
  if (!to || formatColumnType(from.type) === formatColumnType(to.type)) return undefined;
  return `"${name}" is ${formatColumnType(from.type)}, but ${target.name}.${keyName} is ${formatColumnType(to.type)}`;
}

function versionOf(sources: readonly CatalogSource[]): string {
  const sorted = [...sources].sort((a, b) => (a.file < b.file ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}
