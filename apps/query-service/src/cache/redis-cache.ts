import { createSecretKey, KeyObject } from 'node:crypto';
import KeyvRedis, { createClient } from '@keyv/redis';
import { Cache, createCache } from 'cache-manager';
import { Keyv } from 'keyv';
import { AnswerCache, bodyBytes, CacheEntry, MAX_ENTRY_BYTES } from '../ports.js';
import { readEntry, writeEntry } from './entry-envelope.js';
import { GuardedStore } from './guarded-store.js';

export interface RedisCacheOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  readonly ttlMs: number;
  /** Seals the entries; 32 bytes. */
  readonly secret: Buffer;
  /** Told once each time Redis is lost. */
  readonly onFault: (error: unknown) => void;
}

const NAMESPACE = 'sluice:answers';
const CONNECT_MS = 200;
const CALL_MS = 150;
const REST_MS = 1_000;
const RECONNECT_MS = 500;
/** Commands that may wait for a Redis that hangs; one a second is sent to it. */
const MAX_WAITING = 1_000;

/** The cache that all instances share. Redis is never waited for: without it everything is a miss. */
export class RedisCache implements AnswerCache {
  private constructor(
    private readonly cache: Cache,
    private readonly destroy: () => void,
    private readonly secret: KeyObject,
  ) {}

  /** Opens without waiting for Redis, which need not be there. */
  static open({ url, ttlMs, secret, onFault }: RedisCacheOptions): RedisCache {
    const client = createClient({
      url,
      // A call made while there is no connection fails at once instead of waiting for one.
      disableOfflineQueue: true,
      commandsQueueMaxLength: MAX_WAITING,
      socket: { connectTimeout: CONNECT_MS, reconnectStrategy: () => RECONNECT_MS },
    });
    // Each failed attempt to connect is an event; whoever asks meanwhile is told by the call, and once.
    client.on('error', () => undefined);
    // Tried again and again in the background: the adapter's own way of connecting gives the client up after one attempt.
    client.connect().catch(onFault);
    const redis = new KeyvRedis<string>(client, {
      namespace: NAMESPACE,
      keyPrefixSeparator: ':',
      throwOnErrors: true,
    });
    const store = new GuardedStore(redis, { callMs: CALL_MS, restMs: REST_MS }, onFault);
    const keyv = new Keyv({ store, useKeyPrefix: false, serialize: asText, deserialize: fromText });
    return new RedisCache(
      createCache({ stores: [keyv], ttl: ttlMs }),
      () => client.destroy(),
      createSecretKey(secret),
    );
  }

  async get(key: string): Promise<CacheEntry | undefined> {
    return readEntry(key, await this.cache.get(key), this.secret);
  }

  async set(key: string, entry: CacheEntry): Promise<void> {
    if (bodyBytes(entry) > MAX_ENTRY_BYTES) return;
    await this.cache.set(key, writeEntry(key, entry, this.secret));
  }

  /** What is on its way is given up: a cache may forget. */
  close(): void {
    this.destroy();
  }
}

/** Redis itself lets entries expire, so the time need not be kept in them; and a page in JSON inside of JSON would be written twice. */
function asText({ value }: { readonly value?: unknown }): string {
  return typeof value === 'string' ? value : '';
}

/** Whoever reads it checks that it is one of ours. */
function fromText<Value>(text: string): { readonly value: Value } {
  return { value: text as Value };
}
