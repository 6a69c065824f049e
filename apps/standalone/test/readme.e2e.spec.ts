import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runDocsClient } from './docs-client.js';
import { freePort, RunningProgram } from './running-program.js';

const run = promisify(execFile);
const ROOT = join(__dirname, '../../..');

/** The lines of the README's tour, pasted one block after the other into one shell, and what each block must print. */
const EXPECTED: readonly RegExp[] = [
  /^$/,
  /^200\n?$/,
  /"rows":\[\{"departed_at":"/,
  /^departed_at,origin,destination,distance_miles\r\n2001-06-2\dT/,
  /"tables":\[\{"dataset":"orders"/,
  /"state":"(Pending|Running|Succeeded)"/,
  /^order_id,product,quantity,unit_price,customer\r\n/,
  /^200\n?$/,
  /^403\n400\n401\n403\n?$/,
];

let program: RunningProgram;
let home: string;
let grpcPort: number;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-tour-'));
  grpcPort = await freePort();
  const env = { SLUICE_DEMO_ORDERS: '5000', SLUICE_GRPC_PORT: String(grpcPort) };
  program = await RunningProgram.start({ home, env });
});
afterAll(async () => {
  await program.stop();
  await rm(home, { recursive: true, force: true });
});

it('prints what the README says when its tour is pasted', async () => {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const tour = readme.slice(readme.indexOf('## The tour'), readme.indexOf('## How a request flows'));
  const blocks = [...tour.matchAll(/```bash\n([\s\S]*?)```/g)].map(([, lines]) => lines ?? '');
  expect(blocks).toHaveLength(EXPECTED.length);
  const separator = '=====next=====';
  const script = blocks
    .join(`\necho '${separator}'\n`)
    .replaceAll('http://127.0.0.1:3000', program.url)
    .replaceAll('.sluice/', `${home}/`);
  const { stdout } = await run('bash', ['-c', script], { cwd: ROOT, timeout: 90_000 });
  const printed = stdout.split(`${separator}\n`);
  printed.forEach((text, index) => {
    expect(text).toMatch(EXPECTED[index]!);
  });
});

describe('the client of docs/grpc.md', () => {
  it('queries, walks and exports', async () => {
    const { code, stdout, stderr } = await runDocsClient(grpcPort, await program.token('ca-exporter'));
    expect(stderr).toBe('');
    const [one, all, file, ...more] = stdout.split('\n');
    const [, total] = /^one page: 3 rows of (\d+)$/.exec(one ?? '') ?? [];
    expect(Number(total)).toBeGreaterThan(5);
    expect(all).toBe(`all pages: ${String(total)} rows`);
    const [, rows, link = ''] =
      /^file: EXPORT_STATE_SUCCEEDED (\d+) rows at (http\S+)$/.exec(file ?? '') ?? [];
    expect(more).toEqual(['']);
    expect(code).toBe(0);
    // A header, the rows, and nothing after the last line's end.
    const lines = (await (await fetch(link)).text()).split('\r\n');
    expect(lines).toHaveLength(Number(rows) + 2);
  });

  it('lets a viewer query, but not export', async () => {
    const { code, stdout, stderr } = await runDocsClient(grpcPort, await program.token('ca-viewer'));
    expect(stdout).toMatch(/^one page: [^\n]+\nall pages: \d+ rows\n$/);
    expect(stderr).toMatch(/^PERMISSION_DENIED role-required /);
    expect(code).toBe(1);
  });
});
