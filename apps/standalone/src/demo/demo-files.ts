import { access, copyFile, mkdir, rename } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Where the catalogue and the policy of the demo are committed; two folders up from the sources and from the build alike. */
const COMMITTED = join(__dirname, '../../demo');
const CATALOG_FILES = ['airports.yaml', 'flights.yaml', 'customers.yaml', 'orders.yaml'];
const POLICY_FILE = 'policy.yaml';

/** Why the demo cannot be set up, in one sentence. */
export class DemoDataError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DemoDataError';
  }
}

/** Copies catalogue and policy into the state folder; files that are there already belong to the user and stay. */
export async function copyGovernance(home: string): Promise<void> {
  await mkdir(join(home, 'catalog'), { recursive: true });
  for (const name of CATALOG_FILES) await copyOnce(join(COMMITTED, name), join(home, 'catalog', name));
  await copyOnce(join(COMMITTED, POLICY_FILE), join(home, POLICY_FILE));
}

/** Finds a data file of the npm package vega-datasets. Throws a DemoDataError when it is not installed. */
export async function vegaFile(name: string): Promise<string> {
  try {
    // The package exports its code alone; the data lies beside it.
    const code = createRequire(__filename).resolve('vega-datasets');
    const path = join(dirname(code), '../data', name);
    await access(path);
    return path;
  } catch (cause) {
    throw new DemoDataError(
      `The demo data is not there: data/${name} of the npm package vega-datasets is missing; run "npm ci" to install it.`,
      { cause },
    );
  }
}

async function copyOnce(from: string, to: string): Promise<void> {
  if (await exists(to)) return;
  const unfinished = `${to}.unfinished`;
  await copyFile(from, unfinished);
  await rename(unfinished, to);
}

/** True when a path can be reached. */
export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
