import { mkdir, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runCommand } from '../../workspace/src/command.mjs';
import { pinnedNode } from '../../workspace/src/paths.mjs';
import { PlainError } from '../../workspace/src/plain-error.mjs';

const require = createRequire(import.meta.url);
const MIGRATE_MS = 600_000;
/** What all services look for in their homes, and share. */
const SHARED = ['data', 'catalog', 'exports', 'policy.yaml'];

/** Compiled parts of the standalone program that the stack does alike: demo, banner, state folder. */
export const loadStandalone = () => require('../../../apps/standalone/dist/index.js');

/** Runs `sluice migrate`, as an installation does. @param {string} root @param {string} url */
export async function migrateDatabase(root, url) {
  const cli = join(root, 'tools/cli/bin/sluice.js');
  const { code, output } = await runCommand(pinnedNode(root), [cli, 'migrate', '--wait', '30'], {
    cwd: root,
    env: { ...process.env, SLUICE_POSTGRES_URL: url },
    deadlineMs: MIGRATE_MS,
  });
  if (code !== 0) throw new PlainError(`the database could not be migrated:\n${output.trimEnd()}`);
}

/** Makes the demo clients, and tells who they are. @param {string} url @param {string} file */
export async function makeDemoClients(url, file) {
  const { openMigrated } = require('../../../libs/metadata-db/dist/index.js');
  const dataSource = await openMigrated(url, () => undefined);
  try {
    return await loadStandalone().ensureDemoClients(dataSource, file);
  } finally {
    await dataSource.destroy();
  }
}

/**
 * A home for each process, as containers have, with the shared folders in it.
 * @param {string} home of the stack
 * @param {string} name of the process
 */
export async function makeServiceHome(home, name) {
  const folder = join(home, 'services', name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await mkdir(join(home, 'exports'), { recursive: true, mode: 0o700 });
  for (const shared of SHARED) {
    // Made anew: the stack's folder may have been moved.
    await rm(join(folder, shared), { force: true });
    await symlink(join(home, shared), join(folder, shared));
  }
  return folder;
}
