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
    const script = `
      process.on('SIGTERM', () => process.exit(0));
      const child = require('node:child_process').spawn('sleep', ['60'], { stdio: 'inherit' });
      console.log(child.pid);
      setInterval(() => 1, 1000);`;
    const { code, output, timedOut } = await runCommand(node, ['-e', script], { cwd, deadlineMs: 1_000 });
    expect({ code, timedOut }).toEqual({ code: 1, timedOut: true });
    expect(() => process.kill(Number(output.trim()), 0)).toThrow('ESRCH');
  });

  it('rejects when the command does not exist', async () => {
    await expect(runCommand('/no/such/program', [], { cwd })).rejects.toThrow('ENOENT');
  });
});
