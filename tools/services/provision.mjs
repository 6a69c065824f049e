import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aptInstall, whyNoInstall } from './apt.mjs';
import { dockerAnswers, startContainer } from './docker.mjs';
import { postgres } from './postgres.mjs';
import { rabbitmq } from './rabbitmq.mjs';
import { redis } from './redis.mjs';

const SERVICES = [postgres, rabbitmq, redis];
/** A free port may be taken by somebody else before the server has it; then another is tried. */
const START_ATTEMPTS = 3;

/**
 * Gets the servers that tests need: those that `environment` points to, else containers, else programs that are
 * installed, else programs that apt-get installs now. What it starts listens on 127.0.0.1 only, on ports and in
 * folders of its own.
 *
 * @param options which servers (`postgres`, `rabbitmq`, `redis`; true by default), `environment` to look for
 *   settings in, `say` to be told what happens, `signal` to give up.
 * @returns `env`, the settings to give to the tests, and `stop`, which ends what was started here.
 * @throws Error with one clear sentence (and the end of the log); what had been started is stopped.
 */
export async function provision({
  environment = process.env,
  say = () => undefined,
  signal,
  ...wanted
} = {}) {
  const services = SERVICES.filter(({ name }) => wanted[name] ?? true);
  const folder = mkdtempSync(join(tmpdir(), 'sluice-services-'));
  const context = { environment, say, signal, folder };
  const starts = await findWays(services, context).catch((error) => {
    removeUnlessLogs(folder, signal);
    throw error;
  });
  const outcomes = await Promise.allSettled(starts.map((start) => start()));
  const started = outcomes.filter(({ status }) => status === 'fulfilled').map(({ value }) => value);
  const stop = () => Promise.all(started.map((server) => server.stop()));
  const failed = outcomes.find(({ status }) => status === 'rejected');
  if (failed) {
    await stop();
    removeUnlessLogs(folder, signal);
    throw failed.reason;
  }
  return {
    env: Object.fromEntries(started.map(({ setting, url }) => [setting, url])),
    stop: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** After a failure the logs stay, because the error names them; after a signal there is nothing to explain. */
function removeUnlessLogs(folder, signal) {
  const logs = readdirSync(folder).some((name) => name.endsWith('.log'));
  if (signal?.aborted || !logs) rmSync(folder, { recursive: true, force: true });
}

/** Decides for each server how it will be had, and installs what is missing, all packages at once. */
async function findWays(services, context) {
  const { environment, say } = context;
  const missing = services.filter(({ setting }) => !environment[setting]);
  const docker = missing.length > 0 && (await dockerAnswers());
  if (missing.length > 0) say(docker ? 'a Docker engine answers' : 'no Docker engine answers');
  if (!docker)
    await installMissing(
      missing.filter((service) => !service.findProgram()),
      context,
    );
  return services.map((service) => async () => {
    const server = await waysToStart(service, docker, context)();
    return { setting: service.setting, ...server };
  });
}

function waysToStart(service, docker, context) {
  if (context.environment[service.setting]) return () => reuse(service, context);
  if (docker) return () => startContainer(service, context);
  return () => startProgram(service, context);
}

async function reuse(service, { environment, say }) {
  const url = environment[service.setting];
  const place = URL.canParse(url) ? new URL(url) : undefined;
  if (!place) throw new Error(`${service.setting} is not a valid URL.`);
  if (!(await service.answers(place))) {
    throw new Error(`${service.setting} points to ${place.host}, where no ${service.name} answers.`);
  }
  say(`${service.name}: using the one at ${place.host}`);
  return { url, stop: async () => undefined };
}

/** Installs the programs of these services, which are not there. Throws Error saying what is needed when it cannot. */
export async function installMissing(services, { say, signal, folder }) {
  if (services.length === 0) return;
  const packages = services.flatMap((service) => service.packages);
  const names = services.map(({ name }) => name).join(', ');
  const obstacle = await whyNoInstall();
  if (obstacle) {
    const settings = services.map(({ setting }) => setting).join(', ');
    throw new Error(
      `Tests need ${names}: no Docker engine answers, the programs are not installed, and they cannot be installed ` +
        `because ${obstacle}. Install ${packages.join(', ')}, or set ${settings}.`,
    );
  }
  say(`installing ${packages.join(', ')} with apt-get (may take minutes)`);
  await aptInstall(packages, { logFile: join(folder, 'apt.log'), signal });
  const absent = services.filter((service) => !service.findProgram()).map(({ name }) => name);
  if (absent.length > 0)
    throw new Error(`apt-get installed ${packages.join(', ')}, yet ${absent.join(', ')} cannot be found.`);
}

async function startProgram(service, { say, signal, folder }) {
  const program = service.findProgram();
  for (let attempt = 1; ; attempt += 1) {
    say(`${service.name}: starting ${program}`);
    try {
      const started = Date.now();
      const server = await service.start({
        program,
        folder: join(folder, `${service.name}-${attempt}`),
        signal,
      });
      const { host } = new URL(server.url);
      say(`${service.name}: ready at ${host} after ${((Date.now() - started) / 1_000).toFixed(1)} s`);
      return server;
    } catch (error) {
      if (signal?.aborted || attempt === START_ATTEMPTS || !/in use|eaddrinuse/i.test(error.message))
        throw error;
    }
  }
}
