import { ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * `npm run stack` as a user runs it (without its install and build): the lines of its banner are pasted into a shell, an app is killed, and
 * Ctrl-C ends it.
 */
const ROOT = join(__dirname, '../../..');
const run = promisify(execFile);
const START_MS = 180_000;
const STEP_MS = 60_000;

let home: string;
let port: number;
let stack: ChildProcess;
let output = '';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: free } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return free;
}

async function until(
  what: string,
  done: () => boolean | Promise<boolean>,
  withinMs = STEP_MS,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await done())) {
    if (stack.exitCode !== null) throw new Error(`The stack ended with ${stack.exitCode}:\n${output}`);
    if (Date.now() > deadline) throw new Error(`Not in time: ${what}\n${output.slice(-8_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Processes that have this stack's folder in their command line or environment, and are no zombies: by process id, the command. */
async function processesOfStack(): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const read = (name: string) => readFile(`/proc/${entry}/${name}`, 'latin1').catch(() => '');
    const [command, environment] = await Promise.all([read('cmdline'), read('environ')]);
    if (`${command}${environment}`.includes(home)) found.set(Number(entry), command.replaceAll('\0', ' '));
  }
  return found;
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-stack-'));
  port = await freePort();
  stack = spawn(
    process.execPath,
    [join(ROOT, 'tools/stack/src/main.mjs'), '--gateways', '1', '--workers', '2'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], SLUICE_HOME: home, PORT: String(port), SLUICE_DEMO_ORDERS: '2000' },
    },
  );
  const keep = (text: Buffer): void => void (output += text.toString());
  stack.stdout?.on('data', keep);
  stack.stderr?.on('data', keep);
  await until('the banner', () => output.includes('Ctrl-C stops it.'), START_MS);
}, START_MS + 10_000);

afterAll(async () => {
  if (stack.exitCode === null) {
    const ended = once(stack, 'exit');
    stack.kill('SIGKILL');
    await ended;
  }
  await rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
});

/** The banner's lines for a terminal; the last one submits an export. */
function bannerLines(): readonly string[] {
  const from = output.slice(output.indexOf('Try it in another terminal:'));
  return from
    .split('\n')
    .filter((line) => /^ {2}(TOKEN=|curl )/.test(line))
    .map((line) => line.trim());
}

describe('npm run stack', () => {
  it('answers the lines of its banner, and gives the file of the export', async () => {
    const [token, query, submit] = bannerLines();
    const rest = [
      `JOB=$(${submit} | node -pe 'JSON.parse(fs.readFileSync(0)).jobId')`,
      `job() { curl -s http://127.0.0.1:${port}/api/v1/exports/$JOB -H "Authorization: Bearer $TOKEN"; }`,
      `for i in $(seq 300); do job | grep -q '"state":"Succeeded"' && break; sleep 0.2; done`,
      `curl -sL "$(job | node -pe 'JSON.parse(fs.readFileSync(0)).result.downloadUrl')" | head -n 2`,
    ];
    const { stdout } = await run('bash', ['-c', [token, query, 'echo', ...rest].join('\n')], {
      cwd: ROOT,
      timeout: 120_000,
    });
    const [page = '', header, row] = stdout.split('\n');
    expect(JSON.parse(page)).toMatchObject({ page: { limit: 5, returned: 5 } });
    expect(header).toBe('order_id,product,quantity\r');
    expect(row).toMatch(/^\d+,/);
    // Where Azurite keeps what it was given.
    expect(await readdir(join(home, 'servers/azurite'))).toContain('__blobstorage__');
  });

  it('logs a readable line for each event, with the name of the process', () => {
    expect(output).toMatch(/^\d\d:\d\d:\d\d\.\d{3} gateway-1 {12,}info  answered .*route=\/api\/v1\/query/m);
    expect(output).toMatch(/export-worker-2 +info  started/);
    expect(output).not.toContain('\u001b[');
  });

  it('starts an app that was killed again', async () => {
    const workers = async () =>
      [...(await processesOfStack())].filter(([, command]) => command.includes('query-service/dist/main.js'));
    const [[pid = 0] = []] = await workers();
    process.kill(pid, 'SIGKILL');
    await until('the end is told', () =>
      /query-service-1 +error it ended with SIGKILL; it is started again/.test(output),
    );
    await until('another one runs', async () => (await workers()).some(([other]) => other !== pid));
    await until('it has started', () => (output.match(/query-service-1 +info  started/g) ?? []).length === 2);
  });

  it('ends everything on Ctrl-C', async () => {
    const before = await processesOfStack();
    expect(before.size).toBeGreaterThan(9);
    const ended = once(stack, 'exit');
    stack.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    const left = await processesOfStack();
    expect([...left.values()]).toEqual([]);
    expect(output.trimEnd().split('\n').at(-1)).toBe('Stopped.');
  });
});
