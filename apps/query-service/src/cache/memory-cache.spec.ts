import { CachedPage, MAX_ENTRY_BYTES } from '../ports.js';
import { MemoryCache } from './memory-cache.js';

const page = (bytes: number): CachedPage => ({
  kind: 'page',
  body: [Buffer.alloc(bytes)],
  returned: 1,
  hasMore: false,
  next: null,
});

describe('MemoryCache', () => {
  it('gives back what it keeps, and lets the longest unused go first', async () => {
    const cache = new MemoryCache(10_000, 60_000);
    await cache.set('a', page(4_000));
    await cache.set('b', page(4_000));
    await cache.get('a');
    await cache.set('c', { kind: 'total', rows: 7, isExact: true });
    await cache.set('d', page(4_000));
    expect(await cache.get('a')).toEqual(page(4_000));
    expect(await cache.get('b')).toBeUndefined();
    expect(await cache.get('c')).toEqual({ kind: 'total', rows: 7, isExact: true });
  });

  it('keeps no entry that would push out all others', async () => {
    const cache = new MemoryCache(MAX_ENTRY_BYTES * 10, 60_000);
    await cache.set('a', page(MAX_ENTRY_BYTES));
    expect(await cache.get('a')).toBeUndefined();
  });
});
