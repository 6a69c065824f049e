import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');

/** Runs the gRPC client of docs/grpc.md as it stands there, and tells what it printed. */
export async function runDocsClient(
  port: number,
  token: string,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const page = await readFile(join(ROOT, 'docs/grpc.md'), 'utf8');
  const [, script] = /```js\n([\s\S]*?)```/.exec(page) ?? [];
  if (script === undefined) throw new Error('docs/grpc.md holds no client.');
  const child = spawn(process.execPath, ['--input-type=module', '-'], {
    cwd: ROOT,
    env: {
      ...process.env,
      SLUICE_ADDRESS: `127.0.0.1:${String(port)}`,
      SLUICE_PROTOS: 'libs/contracts/proto',
      SLUICE_TOKEN: token,
    },
    stdio: 'pipe',
    timeout: 90_000,
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  child.stdin.end(script);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
