/** How long a store is waited for, in ms. */
export interface CallLimits {
  /** One try of a call. A part of 32 MiB that takes longer is sent at less than 560 KB/s. */
  readonly tryMs: number;
  /** A call with all its tries. */
  readonly callMs: number;
}

export const DEFAULT_LIMITS: CallLimits = { tryMs: 60_000, callMs: 150_000 };

/** Tries of a call in all: what still fails then is tried again as a whole, by whoever asked. */
export const TRIES = 3;
export const CONNECT_MS = 5_000;
export const MAX_SOCKETS = 64;
/** Entries of one page of a list. */
export const PAGE = 1_000;
