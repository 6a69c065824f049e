import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunningProgram } from './running-program.js';

/** Starting, stopping, and what is said when either is not possible. */
let home: string;
const env = { SLUICE_DEMO_ORDERS: '2000' };

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-life-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function endedWith(
  env: Readonly<Record<string, string>>,
  port?: number,
): Promise<{ code: number | null; output: string }> {
  const program = await RunningProgram.spawn(port === undefined ? { home, env } : { home, port, env });
  const code = await program.exitCode();
  return { code, output: program.output() };
}

describe('the life of the program', () => {
  it('can be stopped in the middle of the first import, and goes on from there', async () => {
    const program = await RunningProgram.spawn({ home, env });
    const deadline = Date.now() + 60_000;
    while (!program.output().includes('Importing') && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await program.stop()).toBe(1);
    expect(program.output()).toContain('Stopped before everything had started.');
    const again = await RunningProgram.start({ home, env });
    const token = await again.token('tx-viewer');
    expect((await again.call(token, 'POST', '/api/v1/query', { page: { limit: 1 } })).status).toBe(200);
    expect(await again.stop()).toBe(0);
  }, 200_000);

  it('keeps its clients and data over kill -9, and its secrets to itself', async () => {
    const first = await RunningProgram.start({ home, env });
    const clients = await readFile(join(home, 'demo-clients.json'), 'utf8');
    expect((await stat(join(home, 'demo-clients.json'))).mode & 0o777).toBe(0o600);
    await first.stop('SIGKILL');
    const second = await RunningProgram.start({ home, env });
    const third = await endedWith(env);
    expect(third).toEqual({ code: 1, output: expect.stringMatching(/^State is kept in .*\n.*in use.*\n$/) });
    expect(await readFile(join(home, 'demo-clients.json'), 'utf8')).toBe(clients);
    expect(second.output()).not.toContain('Importing');
    await second.token('ca-admin');
    expect(await second.stop('SIGTERM')).toBe(0);
  }, 200_000);

  it('says in one sentence that the port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, output } = await endedWith(env, port).finally(() => server.close());
    expect(code).toBe(1);
    expect(output).toBe(
      `Port ${port} on 127.0.0.1 is in use; stop what uses it, or set PORT to another one.\n`,
    );
  });

  it('names each bad setting', async () => {
    const { code, output } = await endedWith({ PORT: 'high', SLUICE_DEMO_ORDERS: '-1' });
    expect(code).toBe(78);
    expect(output).toMatch(/PORT is not valid: .*\nSLUICE_DEMO_ORDERS is not valid: .*\n$/);
  });

  it('says what is missing where there is neither demo nor data', async () => {
    const empty = join(home, 'empty');
    const program = await RunningProgram.spawn({ home: empty, env: { SLUICE_DEMO: 'false' } });
    expect(await program.exitCode()).toBe(1);
    expect(program.output()).toMatch(/catalog: cannot be read: ENOENT/);
    expect(program.output()).not.toContain('    at ');
  });

  it('names a broken catalogue file', async () => {
    const file = join(home, 'catalog', 'airports.yaml');
    const good = await readFile(file, 'utf8');
    await writeFile(file, good.replace('type: text', 'type: words'));
    const { code, output } = await endedWith(env);
    await writeFile(file, good);
    expect(code).toBe(1);
    expect(output).toContain('airports.yaml');
    expect(output).toContain('"words" is not a type');
    expect(output).not.toContain('    at ');
  });
});
