import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { root } from '../src/paths.mjs';

const foreground = path.join(root, 'tools/workspace/src/foreground.mjs');

/** A starter process that runs `program` in the foreground, as `npm start` does. */
function startThrough(program: string): ReturnType<typeof spawn> {
  const starter = `
    import { runInForeground } from ${JSON.stringify(foreground)};
    const options = { cwd: process.cwd(), env: process.env };
    process.exitCode = await runInForeground(process.execPath, ['-e', ${JSON.stringify(program)}], options);`;
  return spawn(process.execPath, ['--input-type=module', '-e', starter], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function outcome(
  program: string,
  signals: readonly NodeJS.Signals[],
): Promise<{ code: unknown; text: string }> {
  const starter = startThrough(program);
  let text = '';
  starter.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
    if (text === '') for (const signal of signals) starter.kill(signal);
    text += chunk;
  });
  const [code] = (await once(starter, 'close')) as unknown[];
  return { code, text: text.trim() };
}

const countingProgram = `
  let count = 0;
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => {
    count += 1;
    console.log(name);
    if (count === 1) setTimeout(() => process.exit(7), 300);
  });
  setTimeout(() => process.exit(1), 20000);
  console.log('up');`;

describe('runInForeground', () => {
  it('passes the exit code on', async () => {
    await expect(outcome('process.exit(5)', [])).resolves.toMatchObject({ code: 5 });
  });

  it('delivers a doubled Ctrl-C once, and waits for the program to drain', async () => {
    await expect(outcome(countingProgram, ['SIGINT', 'SIGINT'])).resolves.toEqual({
      code: 7,
      text: 'up\nSIGINT',
    });
  });

  it('turns a closed terminal into a request to drain', async () => {
    await expect(outcome(countingProgram, ['SIGHUP'])).resolves.toEqual({ code: 7, text: 'up\nSIGTERM' });
  });

  it('tells which signal ended the program, as a shell would', async () => {
    await expect(outcome('process.kill(process.pid, "SIGKILL")', [])).resolves.toMatchObject({ code: 137 });
  });
});
