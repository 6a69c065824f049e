import { readQueryServiceConfig } from './query-service.config.js';

const secret = { SLUICE_SECRET: 'a secret of more than thirty-two characters' };

describe('readQueryServiceConfig', () => {
  it('keeps answers in memory unless it is told of a Redis', () => {
    expect(readQueryServiceConfig(secret)).toMatchObject({ redisUrl: null, cacheTtlMs: 600_000 });
    const url = 'rediss://:secret@cache.internal:6379';
    expect(readQueryServiceConfig({ ...secret, SLUICE_REDIS_URL: url })).toMatchObject({ redisUrl: url });
  });

  it('refuses another URL, without repeating it', () => {
    const wrong = { ...secret, SLUICE_REDIS_URL: 'http://:hush@cache' };
    expect(() => readQueryServiceConfig(wrong)).toThrow(
      'SLUICE_REDIS_URL is not valid: expected a URL that begins with redis:// or rediss://.',
    );
  });
});
