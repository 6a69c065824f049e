import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findExecutable, runCommand, tail } from './commands.mjs';

const INSTALL_DEADLINE_MS = 900_000;
/** What Debian asks before it starts a service of a new package; code 101 means "do not". */
const POLICY_FILE = '/usr/sbin/policy-rc.d';

/** One script for root: lists once, packages, and the policy file only while they are unpacked. */
const INSTALL_SCRIPT = `
set -eu
if [ ! -e ${POLICY_FILE} ]; then
  trap 'rm -f ${POLICY_FILE}' EXIT
  trap 'exit 143' INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' > ${POLICY_FILE}
  chmod 755 ${POLICY_FILE}
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
`;

/** How a command becomes root's, or undefined when it cannot. */
async function asRoot() {
  if (process.getuid?.() === 0) return [];
  if (!findExecutable('sudo')) return undefined;
  const { code } = await runCommand('sudo', ['-n', 'true'], { timeoutMs: 5_000 });
  if (code === 0) return ['sudo', '-n'];
  return process.stdin.isTTY ? ['sudo'] : undefined;
}

/** Why packages cannot be installed here, in words that follow "because"; undefined when they can. */
export async function whyNoInstall() {
  if (!findExecutable('apt-get')) return 'there is no apt-get';
  return (await asRoot()) ? undefined : 'this user is not root and has no sudo';
}

/** Installs packages without starting their system services. Two runs at once take turns. */
export async function aptInstall(packages, { logFile, signal }) {
  const lock = join(tmpdir(), `sluice-apt-${process.getuid?.() ?? 0}.lock`);
  const turn = findExecutable('flock') ? ['flock', '--no-fork', '--timeout', '900', lock] : [];
  const install = ['/bin/sh', '-c', INSTALL_SCRIPT, 'install', ...packages];
  const [program, ...args] = [...turn, ...(await asRoot()), ...install];
  // sudo may have to ask for a password, for which it uses the terminal.
  const { code, output } = await runCommand(program, args, {
    timeoutMs: INSTALL_DEADLINE_MS,
    signal,
    input: 'inherit',
  });
  writeFileSync(logFile, output, { mode: 0o600 });
  if (code === 0) return;
  throw new Error(
    `apt-get could not install ${packages.join(', ')}. The end of ${logFile}:\n${tail(output)}`,
  );
}
