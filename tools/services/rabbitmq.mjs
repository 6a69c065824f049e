import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findExecutable, firstExecutable } from './commands.mjs';
import { answers, freePorts } from './ports.mjs';
import { startServer } from './server-process.mjs';

const LIB = '/usr/lib/rabbitmq/lib';

/** A client that asks for a protocol the broker does not know is told the one it does: `AMQP`. */
function answersAsRabbit(host, port) {
  return answers({ host, port, greeting: 'AMQP\0\0\0\0', expected: 'AMQP' });
}

/** The script behind Debian's wrapper: the wrapper insists on the system's own user and folders. */
function serverScript() {
  try {
    const versions = readdirSync(LIB).filter((name) => name.startsWith('rabbitmq_server-'));
    return firstExecutable(
      'rabbitmq-server',
      versions.map((version) => join(LIB, version, 'sbin')).reverse(),
    );
  } catch {
    return undefined;
  }
}

function newUrl(password, port) {
  return `amqp://sluice:${password}@127.0.0.1:${port}`;
}

/** Everything the script reads from its surroundings, so that it touches nothing of a broker installed here. */
function surroundings(folder, [port, distributionPort, mapperPort], node = `sluice${port}`) {
  return {
    PATH: process.env.PATH,
    HOME: join(folder, 'home'),
    LANG: 'C.UTF-8',
    RABBITMQ_NODENAME: `${node}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distributionPort),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    ERL_EPMD_PORT: String(mapperPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
  };
}

function writeSettings(folder, password) {
  mkdirSync(join(folder, 'home'), { recursive: true, mode: 0o700 });
  const settings = [
    'default_user = sluice',
    `default_pass = ${password}`,
    'disk_free_limit.absolute = 50MB',
    'log.console = true',
    'log.console.level = info',
    'log.file = false',
  ];
  writeFileSync(join(folder, 'rabbitmq.conf'), `${settings.join('\n')}\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'enabled_plugins'), '[].\n', { mode: 0o600 });
}

/** Erlang's port mapper, as a child of ours; otherwise the broker would leave a daemon behind. */
function startPortMapper(folder, ports, env, signal) {
  return startServer({
    name: 'epmd',
    command: findExecutable('epmd'),
    args: ['-address', '127.0.0.1', '-port', String(ports[2])],
    env,
    cwd: folder,
    logFile: `${folder}-epmd.log`,
    stopSignal: 'SIGTERM',
    ready: () => answers({ host: '127.0.0.1', port: ports[2] }),
    signal,
  });
}

function startBroker(program, folder, ports, env, signal) {
  const logFile = `${folder}.log`;
  const logged = existsSync(logFile) ? readFileSync(logFile, 'latin1').length : 0;
  return startServer({
    name: 'rabbitmq',
    command: program,
    args: [],
    env,
    cwd: folder,
    logFile,
    stopSignal: 'SIGTERM',
    stopDeadlineMs: 20_000,
    // It listens before it is done; only the log tells, where an earlier start may have told it too.
    ready: async () =>
      readFileSync(logFile, 'latin1').slice(logged).includes('Server startup complete') &&
      (await answersAsRabbit('127.0.0.1', ports[0])),
    signal,
  });
}

export const rabbitmq = {
  name: 'rabbitmq',
  setting: 'SLUICE_TEST_RABBITMQ_URL',
  packages: ['rabbitmq-server'],
  answers: ({ hostname, port }) => answersAsRabbit(hostname, Number(port || 5672)),

  findProgram: () => (findExecutable('epmd') ? serverScript() : undefined),

  /**
   * `launch` starts the same broker again, on its ports and data, after it was stopped or has crashed. A folder of an earlier start is taken
   * up with its queues when `password` and `node`, the name they belong to, are the same.
   */
  async start({ program, folder, signal, password = randomBytes(18).toString('hex'), node }) {
    const ports = await freePorts(3);
    mkdirSync(dirname(folder), { recursive: true });
    writeSettings(folder, password);
    const env = surroundings(folder, ports, node);
    const mapper = await startPortMapper(folder, ports, env, signal);
    try {
      const launch = () => startBroker(program, folder, ports, env, signal);
      const broker = await launch();
      const stop = () => broker.stop().finally(mapper.stop);
      return { url: newUrl(password, ports[0]), stop, server: broker, launch };
    } catch (error) {
      await mapper.stop();
      throw error;
    }
  },

  container: () => {
    const password = randomBytes(18).toString('hex');
    return {
      image: 'rabbitmq:3-management',
      port: 5672,
      variables: { RABBITMQ_DEFAULT_USER: 'sluice', RABBITMQ_DEFAULT_PASS: password },
      url: (port) => newUrl(password, port),
    };
  },
};
