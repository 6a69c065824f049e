import { DatasetFile, datasetFile, formatColumnType } from '@sluice/catalog';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { ImportError } from './import-error.js';
import { TableShape } from './import-request.js';

/** The catalogue's YAML for a table that has no entry yet. Classes and relations are for its owner to add. */
export function describeImported({ name, tenant, key, columns }: TableShape): string {
  return stringify({
    name,
    description: '',
    ...(tenant === null ? { shared: true } : { tenant }),
    key,
    columns: Object.fromEntries(
      columns.map((column) => [column.name, { type: formatColumnType(column.type) }]),
    ),
  });
}

/** Where a table's catalogue entry stands, and whether it does already. */
export interface CatalogEntry {
  readonly path: string;
  readonly exists: boolean;
}

/** Finds the entry and checks that it still fits the table; throws an ImportError naming all that does not. */
export async function checkCatalogEntry(catalogDir: string, shape: TableShape): Promise<CatalogEntry> {
  const names = await readdir(catalogDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const file = names.find((name) => name === `${shape.name}.yaml` || name === `${shape.name}.yml`);
  if (file === undefined) return { path: join(catalogDir, `${shape.name}.yaml`), exists: false };
  const path = join(catalogDir, file);
  const problems = misfits(readEntry(file, await readFile(path, 'utf8')), shape);
  if (problems.length === 0) return { path, exists: true };
  throw new ImportError(`The table does not fit its catalogue entry ${file}: ${problems.join('; ')}.`);
}

function readEntry(file: string, text: string): DatasetFile {
  try {
    return datasetFile.parse(parse(text));
  } catch (cause) {
    throw new ImportError(`The catalogue entry ${file} is not valid; correct it first.`, { cause });
  }
}

/** What keeps a table from being published under an entry. Further columns do no harm: they are not published. */
export function misfits(entry: DatasetFile, shape: TableShape): readonly string[] {
  const problems: string[] = [];
  if (entry.name !== shape.name) problems.push(`it describes "${entry.name}"`);
  const tenant = entry.tenant ?? null;
  if (tenant !== shape.tenant)
    problems.push(`its tenant column is ${tenant ?? 'none'}, not ${shape.tenant ?? 'none'}`);
  if (entry.key.join() !== shape.key.join()) {
    problems.push(`its key is (${entry.key.join(', ')}), not (${shape.key.join(', ')})`);
  }
  const types = new Map(shape.columns.map(({ name, type }) => [name, formatColumnType(type)]));
  for (const [name, column] of Object.entries(entry.columns)) {
    const [wanted, found] = [formatColumnType(column.type), types.get(name)];
    if (found === undefined) problems.push(`column ${name} is missing`);
    else if (found !== wanted) problems.push(`column ${name} is ${found}, not ${wanted}`);
  }
  return problems;
}
