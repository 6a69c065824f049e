import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Below those that systems give to outgoing connections, which come and go by the hundred until a server has its port. */
const PORTS = { from: 15_000, to: 30_000 };

/** Ports on 127.0.0.1 that are free now and differ from each other, and that nobody gets who does not choose them. */
export async function freePorts(count) {
  const servers = [];
  while (servers.length < count) {
    const server = await listen(randomInt(PORTS.from, PORTS.to));
    if (server !== null) servers.push(server);
  }
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Null when the port is in use. */
function listen(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

/**
 * Whether a server answers: connects, sends `greeting`, and looks for `expected` in what comes back. Without a
 * greeting a connection is enough.
 */
export function answers({ host, port, greeting, expected, timeoutMs = 1_000 }) {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (result) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(timeoutMs, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('end', () => finish(false));
    socket.once('connect', () => (greeting ? socket.write(greeting) : finish(true)));
    socket.on('data', (data) => finish(data.toString('latin1').includes(expected)));
  });
}

/** Asks `condition` every 100 ms until it is true; false when `timeoutMs` pass first. */
export async function eventually(condition, timeoutMs, signal) {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    signal?.throwIfAborted();
    if (Date.now() > deadline) return false;
    await delay(100);
  }
  return true;
}
