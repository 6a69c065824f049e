import { createClient } from '@redis/client';

const CONNECT_MS = 300;
/** A connection on which nothing comes back for so long is given up; the pings keep a healthy one alive. */
const SILENT_MS = 5_000;
const PING_MS = 2_000;
const MAX_RETRY_MS = 1_000;
/** Commands that wait for an answer; a frozen Redis must not gather more. */
const MAX_WAITING = 10_000;

export type RedisClient = ReturnType<typeof createRedis>;

/**
 * Connects to Redis, without depending on it: past 300 ms, or without success, the client goes on trying by itself, and
 * commands fail at once until it is connected.
 *
 * @param onFault told each fault of the connection; the URL, which may hold a password, is in none
 */
export async function connectRedis(url: string, onFault: (fault: unknown) => void): Promise<RedisClient> {
  const client = createRedis(url);
  client.on('error', onFault);
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CONNECT_MS);
  });
  await Promise.race([client.connect().then(() => undefined, onFault), enough]);
  clearTimeout(timer);
  return client;
}

function createRedis(url: string) {
  return createClient({
    url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_WAITING,
    pingInterval: PING_MS,
    socket: {
      connectTimeout: CONNECT_MS,
      socketTimeout: SILENT_MS,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** Math.min(retries, 5), MAX_RETRY_MS),
    },
  });
}
