import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { buildCatalog, CatalogError, CatalogSource } from './build-catalog.js';
import { Catalog } from './dataset.js';

/** Reads every `*.yaml` of a folder, one dataset a file. Throws `CatalogError` naming the file and the place. */
export async function loadCatalog(folder: string): Promise<Catalog> {
  const names = (await listFolder(folder)).filter((name) => /\.ya?ml$/.test(name)).sort();
  if (names.length === 0)
    throw new CatalogError([`${folder}: holds no .yaml file, so there is nothing to publish`]);
  return buildCatalog(await Promise.all(names.map((name) => readSource(folder, name))));
}

async function readSource(folder: string, file: string): Promise<CatalogSource> {
  const text = await readFile(join(folder, file), 'utf8');
  try {
    return { file, content: parse(text) as unknown };
  } catch (error) {
    throw new CatalogError([
      `${file}: is not YAML: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
}

async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw new CatalogError([
      `${folder}: cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    ]);
  }
}
