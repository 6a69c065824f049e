import { readFile } from 'node:fs/promises';
import { loadCatalog } from '@sluice/catalog';
import { MaskKey } from '@sluice/query-dsl';
import { parse } from 'yaml';
import { Policy, PolicyError } from './policy.js';
import { Governance } from './plan-query.js';

/**
 * Reads the catalogue folder and the policy file. Throws `CatalogError` or `PolicyError` naming every problem.
 *
 * @param maskKey without one, a policy that hashes is refused
 */
export async function loadGovernance(
  catalogFolder: string,
  policyPath: string,
  maskKey?: MaskKey,
): Promise<Governance> {
  const catalog = await loadCatalog(catalogFolder);
  const policy = Policy.build(parseYaml(await readPolicy(policyPath), policyPath), catalog, policyPath);
  if (policy.hashes && !maskKey) {
    throw new PolicyError([`${policyPath}: classes: a class is hashed, but no key was given to hash with`]);
  }
  return maskKey ? { catalog, policy, maskKey } : { catalog, policy };
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

function parseYaml(text: string, path: string): unknown {
  try {
    return parse(text) as unknown;
  } catch (error) {
    throw new PolicyError([
      `${path}: is not YAML: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
}
