const { spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

/**
 * Some packages ship as ES modules only. Jest loads them from a CommonJS spec only with Node's flag for module
 * contexts, which a running process cannot switch on: so a plain `jest` starts itself again, once, with the
 * flag and the pinned Node. Jest's workers inherit the flag.
 * @param {string} root the repository
 */
module.exports = function ensureModuleContexts(root) {
  const jest = process.argv[1] ?? '';
  if (vm.SourceTextModule !== undefined || !/[\\/]jest(\.js)?$/.test(jest)) return;
  const pinned = path.join(root, 'node_modules/.bin/node');
  const node = existsSync(pinned) ? pinned : process.execPath;
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const { status } = spawnSync(node, [...flags, ...process.argv.slice(1)], { stdio: 'inherit' });
  process.exit(status ?? 1);
};
