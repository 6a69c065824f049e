import { patiently } from '@sluice/service-kit';
import { KeyvStoreAdapter } from 'keyv';

export interface GuardLimits {
  /** How long a call may take, in ms in which this process could have heard its answer: a frozen server answers never. */
  readonly callMs: number;
  /** How long the store is left alone after a call failed, in ms. */
  readonly restMs: number;
}

type Store = Pick<KeyvStoreAdapter, 'get' | 'set' | 'delete' | 'clear' | 'opts'>;

/**
 * Stands before a store that may be gone: a call that fails or takes too long is a miss, and then nobody asks the store for a while, so that
 * its loss costs one caller a moment and the others nothing. After the rest one reading goes through as a probe.
 */
export class GuardedStore implements KeyvStoreAdapter {
  namespace?: string;
  #restsUntil = 0;
  #probing = false;

  /** @param onFault told once for each loss of the store. @param now a monotonic clock, in ms */
  constructor(
    private readonly store: Store,
    private readonly limits: GuardLimits,
    private readonly onFault: (error: unknown) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get opts(): unknown {
    return this.store.opts;
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    if (!this.#mayAsk()) return undefined;
    return (await this.#guarded(() => this.store.get<Value>(key))) as Value | undefined;
  }

  /** Never a probe: what a store that hangs is given would pile up. */
  async set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    if (this.#restsUntil > 0) return false;
    await this.#guarded(() => this.store.set(key, value, ttl));
    return true;
  }

  async delete(key: string): Promise<boolean> {
    if (this.#restsUntil > 0) return false;
    return (await this.#guarded(() => this.store.delete(key))) ?? false;
  }

  async clear(): Promise<void> {
    await this.#guarded(() => this.store.clear());
  }

  /** The interface asks for it; faults go to `onFault`. */
  on(): this {
    return this;
  }

  #mayAsk(): boolean {
    if (this.#restsUntil === 0) return true;
    if (this.#probing || this.now() < this.#restsUntil) return false;
    this.#probing = true;
    return true;
  }

  async #guarded<T>(call: () => Promise<T> | T): Promise<T | undefined> {
    try {
      const { callMs } = this.limits;
      const asked = Promise.resolve().then(call);
      const value = await patiently(callMs, asked, `The cache did not answer within ${String(callMs)} ms.`);
      this.#restsUntil = 0;
      return value;
    } catch (error) {
      if (this.#restsUntil === 0) this.onFault(error);
      this.#restsUntil = this.now() + this.limits.restMs;
      return undefined;
    } finally {
      this.#probing = false;
    }
  }
}
