import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { RunningProgram } from './running-program.js';

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

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-tour-'));
  program = await RunningProgram.start({ home, env: { SLUICE_DEMO_ORDERS: '5000' } });
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
