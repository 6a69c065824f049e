import { findExecutable, runCommand, tail } from './commands.mjs';
import { eventually } from './ports.mjs';

const PULL_DEADLINE_MS = 600_000;
const START_DEADLINE_MS = 60_000;

/** Whether an engine answers; the client alone is no use. */
export async function dockerAnswers() {
  if (!findExecutable('docker')) return false;
  const { code } = await runCommand('docker', ['info', '--format', '{{.ServerVersion}}'], {
    timeoutMs: 3_000,
  });
  return code === 0;
}

/** Starts one server in a container that is removed when stopped; its port is bound on 127.0.0.1 only. */
export async function startContainer(service, { signal, say }) {
  const { image, port, variables = {}, command = [], url } = service.container();
  say(`${service.name}: starting a container of ${image}`);
  await pullIfMissing(image, signal, say);
  const settings = Object.entries(variables).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
  const id = await docker(
    ['run', '--detach', '--rm', '--publish', `127.0.0.1::${port}`, ...settings, image, ...command],
    START_DEADLINE_MS,
  );
  const stop = async () =>
    void (await runCommand('docker', ['rm', '--force', '--volumes', id], { timeoutMs: 30_000 }));
  try {
    const published = await docker(['port', id, `${port}/tcp`], 10_000);
    const address = url(Number(published.split('\n')[0].split(':').at(-1)));
    const target = new URL(address);
    if (await eventually(() => service.answers(target), START_DEADLINE_MS, signal))
      return { url: address, stop };
    const { output } = await runCommand('docker', ['logs', id], { timeoutMs: 10_000 });
    const seconds = START_DEADLINE_MS / 1_000;
    throw new Error(
      `${service.name} in ${image} was not ready within ${seconds} s. Its log:\n${tail(output)}`,
    );
  } catch (error) {
    await stop();
    throw error;
  }
}

async function pullIfMissing(image, signal, say) {
  const { code } = await runCommand('docker', ['image', 'inspect', image], { timeoutMs: 10_000 });
  if (code === 0) return;
  say(`pulling ${image}`);
  await docker(['pull', '--quiet', image], PULL_DEADLINE_MS, signal);
}

async function docker(args, timeoutMs, signal) {
  const { code, output } = await runCommand('docker', args, { timeoutMs, signal });
  if (code !== 0) throw new Error(`docker ${args[0]} failed:\n${tail(output)}`);
  return output.trim();
}
