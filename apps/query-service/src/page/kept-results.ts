import { counter } from '@sluice/service-kit';
import { AnswerCache, CacheEntry } from '../ports.js';
import { SharedRuns } from './shared-runs.js';

type Kind = CacheEntry['kind'];
type EntryOf<K extends Kind> = Extract<CacheEntry, { readonly kind: K }>;

export interface Wanting {
  readonly signal: AbortSignal;
  /** Neither takes what is kept nor shares what runs for others; what comes of it is kept all the same. */
  readonly noCache: boolean;
}

/** Results that are kept for a while, and that callers share while they are in the making. */
export class KeptResults {
  readonly #runs = new SharedRuns();

  constructor(private readonly cache: AnswerCache) {}

  /** What is kept; undefined when there is nothing, or nothing is wanted. */
  async find<K extends Kind>(kind: K, key: string, { noCache }: Wanting): Promise<EntryOf<K> | undefined> {
    const entry = noCache ? undefined : await this.cache.get(key);
    const found = entry?.kind === kind ? (entry as EntryOf<K>) : undefined;
    lookups().inc({ kind, result: noCache ? 'bypass' : found ? 'hit' : 'miss' });
    return found;
  }

  /** Makes a result and keeps it. `make` is called once for all who want the same at the same time. */
  async make<K extends Kind>(
    kind: K,
    key: string,
    { signal, noCache }: Wanting,
    make: (signal: AbortSignal) => Promise<EntryOf<K>>,
  ): Promise<EntryOf<K>> {
    const makeAndKeep = async (stop: AbortSignal): Promise<EntryOf<K>> => {
      const entry = await make(stop);
      // Not waited for: the port never rejects, and a slow cache is no reason for a slow answer.
      void this.cache.set(key, entry);
      return entry;
    };
    return noCache ? makeAndKeep(signal) : this.#runs.run(`${kind} ${key}`, signal, makeAndKeep);
  }

  async findOrMake<K extends Kind>(
    kind: K,
    key: string,
    wanting: Wanting,
    make: (signal: AbortSignal) => Promise<EntryOf<K>>,
  ): Promise<EntryOf<K>> {
    return (await this.find(kind, key, wanting)) ?? (await this.make(kind, key, wanting, make));
  }
}

function lookups() {
  return counter({
    name: 'sluice_cache_lookups_total',
    help: 'Looks into the cache of answers.',
    labels: ['kind', 'result'],
  });
}
