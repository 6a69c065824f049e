import { runCommand } from '../src/command.mjs';

const node = process.execPath;
const cwd = process.cwd();

describe('runCommand', () => {
  it('gives the exit code and both streams', async () => {
    const script = 'console.log("out"); console.error("err"); process.exitCode = 3';
    const { code, output } = await runCommand(node, ['-e', script], { cwd });
    expect(code).toBe(3);
    expect(output).toContain('out');
    expect(output).toContain('err');
  });

  it('ends a command that runs past its deadline, with its children, and does not call that success', async () => {
    // The child holds the output open, so that the call ends only when it has gone too; by itself it goes later than the test may end.
    const script = `
      process.on('SIGTERM', () => process.exit(0));
      require('node:child_process').spawn('sleep', ['90'], { stdio: 'inherit' });
      setInterval(() => 1, 1000);`;
    const { code, timedOut } = await runCommand(node, ['-e', script], { cwd, deadlineMs: 1_000 });
    expect({ code, timedOut }).toEqual({ code: 1, timedOut: true });
  });

  it('rejects when the command does not exist', async () => {
    await expect(runCommand('/no/such/program', [], { cwd })).rejects.toThrow('ENOENT');
  });
});
