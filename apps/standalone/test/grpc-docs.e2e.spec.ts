import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, RunningProgram } from './running-program.js';

const ROOT = join(__dirname, '../../..');

let program: RunningProgram;
let home: string;
let port: number;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-grpc-docs-'));
  port = await freePort();
  const env = { SLUICE_DEMO_ORDERS: '5000', SLUICE_GRPC_PORT: String(port) };
  program = await RunningProgram.start({ home, env });
}, 150_000);
afterAll(async () => {
  await program.stop();
  await rm(home, { recursive: true, force: true });
}, 30_000);

/** Runs the client of docs/grpc.md as it stands there. */
async function runClient(token: string) {
  const page = await readFile(join(ROOT, 'docs/grpc.md'), 'utf8');
  const [, script] = /```js\n([\s\S]*?)```/.exec(page) ?? [];
  expect(script).toContain('QueryPages');
  const child = spawn(process.execPath, ['--input-type=module', '-'], {
    cwd: ROOT,
    env: {
      ...process.env,
      SLUICE_ADDRESS: `127.0.0.1:${String(port)}`,
      SLUICE_PROTOS: 'libs/contracts/proto',
      SLUICE_TOKEN: token,
    },
    stdio: 'pipe',
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  child.stdin.end(script);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

it('queries, walks and exports with the client of the docs', async () => {
  const { code, stdout, stderr } = await runClient(await program.token('ca-exporter'));
  expect(stderr).toBe('');
  const [one, all, file, ...more] = stdout.split('\n');
  const [, total] = /^one page: 3 rows of (\d+)$/.exec(one ?? '') ?? [];
  expect(Number(total)).toBeGreaterThan(20);
  expect(all).toBe(`all pages: ${String(total)} rows`);
  const [, rows, link = ''] = /^file: EXPORT_STATE_SUCCEEDED (\d+) rows at (http\S+)$/.exec(file ?? '') ?? [];
  expect(more).toEqual(['']);
  expect(code).toBe(0);
  const lines = (await (await fetch(link)).text()).split('\r\n');
  expect(lines).toHaveLength(Number(rows) + 2);
}, 100_000);

it('lets a viewer query, but not export', async () => {
  const { code, stdout, stderr } = await runClient(await program.token('ca-viewer'));
  expect(stdout).toMatch(/^one page: [^\n]+\nall pages: \d+ rows\n$/);
  expect(stderr).toMatch(/^PERMISSION_DENIED role-required /);
  expect(code).toBe(1);
}, 100_000);
