import { PlainError } from './plain-error.mjs';

const oldestNode = 20;
const platforms = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];

/**
 * @typedef {{ node: string, platform: string, arch: string, glibc: boolean }} Machine
 * `node` is a version such as "20.11.1".
 */

/** @returns {Machine} */
export function thisMachine() {
  const { versions, platform, arch } = process;
  return { node: versions.node, platform, arch, glibc: platform !== 'linux' || hasGlibc() };
}

/** The DuckDB, Postgres and Node binaries that npm delivers are linked against glibc, not musl. */
function hasGlibc() {
  const report = /** @type {any} */ (process.report);
  report.excludeNetwork = true; // else the report may wait for name look-ups
  return report.getReport().header.glibcVersionRuntime !== undefined;
}

/**
 * Refuses a machine on which a later step would fail with a message that helps nobody.
 * @param {Machine} machine
 * @throws {PlainError} naming the one thing to change
 */
export function checkMachine({ node, platform, arch, glibc }) {
  if (Number(node.split('.')[0]) < oldestNode)
    throw new PlainError(`Node ${oldestNode} or later is needed; this is Node ${node}.`);
  if (platform === 'win32')
    throw new PlainError('Windows is not supported directly; run this inside WSL, or use Docker.');
  if (!platforms.includes(`${platform}-${arch}`))
    throw new PlainError(
      `There are no database binaries for ${platform}-${arch}; one of ${platforms.join(', ')} is needed.`,
    );
  if (!glibc)
    throw new PlainError(
      'A Linux with glibc is needed (Debian, Ubuntu, Fedora, …); this one has another C library.',
    );
}
