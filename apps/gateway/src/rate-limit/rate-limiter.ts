/** So many requests in a window of so many seconds; the window begins with a key's first request. */
export interface Quota {
  /** Stands in the answer's headers and in the refusal. */
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
}

/** What became of one request that wanted a part of the quota. */
export interface Spent {
  readonly allowed: boolean;
  readonly remaining: number;
  /** Until the window ends, in ms. */
  readonly resetMs: number;
}

/** Counts requests by key. An answer takes a bounded time, and no fault of a store is the caller's. */
export interface RateLimiter {
  readonly quota: Quota;
  spend(key: string): Promise<Spent>;
}
