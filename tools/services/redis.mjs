import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findExecutable } from './commands.mjs';
import { answers, freePorts } from './ports.mjs';
import { startServer } from './server-process.mjs';

/** Asked for `PING` without a password, a Redis says `PONG` or that it wants one. */
async function answersAsRedis(host, port) {
  const greeting = 'PING\r\n';
  const replies = ['PONG', 'NOAUTH'].map((expected) => answers({ host, port, greeting, expected }));
  return (await Promise.all(replies)).includes(true);
}

function newUrl(password, port) {
  return `redis://:${password}@127.0.0.1:${port}`;
}

export const redis = {
  name: 'redis',
  setting: 'SLUICE_TEST_REDIS_URL',
  packages: ['redis-server'],
  answers: ({ hostname, port }) => answersAsRedis(hostname, Number(port || 6379)),

  findProgram: () => findExecutable('redis-server'),

  /** `launch` starts the same server again, on its port and empty, after it was stopped or has crashed. */
  async start({ program, folder, signal }) {
    const password = randomBytes(18).toString('hex');
    const [port] = await freePorts(1);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const settings = [
      `port ${port}`,
      'bind 127.0.0.1',
      `requirepass ${password}`,
      'save ""',
      `dir "${folder}"`,
    ];
    const configFile = join(folder, 'redis.conf');
    writeFileSync(configFile, `${settings.join('\n')}\n`, { mode: 0o600 });
    const launch = () =>
      startServer({
        name: 'redis',
        command: program,
        args: [configFile],
        cwd: folder,
        logFile: `${folder}.log`,
        stopSignal: 'SIGTERM',
        ready: () => answersAsRedis('127.0.0.1', port),
        signal,
      });
    const server = await launch();
    return { url: newUrl(password, port), stop: server.stop, server, launch };
  },

  container: () => {
    const password = randomBytes(18).toString('hex');
    return {
      image: 'redis:7',
      port: 6379,
      command: ['redis-server', '--save', '', '--requirepass', password],
      url: (port) => newUrl(password, port),
    };
  },
};
