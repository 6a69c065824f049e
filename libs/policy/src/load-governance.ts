import { readFile } from 'node:fs/promises';
import { loadCatalog } from '@sluice/catalog';
import { parse } from 'yaml';
import { Policy, PolicyError } from './policy.js';
import { Governance } from './plan-query.js';

/** Reads the catalogue folder and the policy file. Throws `CatalogError` or `PolicyError` naming every problem. */
export async function loadGovernance(catalogFolder: string, policyPath: string): Promise<Governance> {
  const catalog = await loadCatalog(catalogFolder);
  const text = await readPolicy(policyPath);
  return { catalog, policy: Policy.build(parseYaml(text), catalog) };
}

async function readPolicy(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new PolicyError([
      `${path}: cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    ]);
  }
}

function parseYaml(text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch (error) {
    throw new PolicyError([
      `the file is not YAML: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
}
