import { runCommand } from './command.mjs';
import { pinnedNode } from './paths.mjs';
import { PlainError } from './plain-error.mjs';
import { startProgress } from './progress.mjs';

/**
 * Compiles what has changed; with nothing changed it only compares.
 * @param {string} root the repository
 * @throws {PlainError} after showing the compiler's errors
 */
export async function build(root) {
  const done = startProgress('Building (tsc -b)');
  const { code, output } = await runCommand(pinnedNode(root), ['node_modules/typescript/bin/tsc', '-b'], {
    cwd: root,
  });
  done(code === 0 ? 'done' : 'failed');
  if (code === 0) return;
  process.stderr.write(output);
  throw new PlainError('the sources do not compile; the lines above say where.');
}
