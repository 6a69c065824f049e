import path from 'node:path';
import { build } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { withLock } from './lock.mjs';

/**
 * Brings a clone to the point where its programs can run. Two starts at once take turns.
 * @param {string} root the repository
 * @param {{ compile: boolean }} options
 */
export async function prepare(root, { compile }) {
  const onWait = () => process.stdout.write('Another start is preparing this folder; waiting for it …\n');
  await withLock(
    path.join(root, '.tools/prepare.lock'),
    async () => {
      await ensureInstalled(root);
      if (compile) await build(root);
    },
    { onWait },
  );
}
