/** What the clients do. Times in ms. */
export interface LoadPlan {
  /** Clients of each tenant that query, each of them one query at a time. */
  readonly queryClients: number;
  /** From one query of a client to its next, when answers come fast. */
  readonly queryEvery: number;
  /** The same for exports; one client of each tenant asks for them. */
  readonly exportEvery: number;
  /** Exports that a client has asked for and that have not ended; past it, it asks for no more. */
  readonly openJobs: number;
  /** What a query's client says that it is ready to wait (`Prefer: wait`), in seconds. */
  readonly waitSeconds: number;
  /** How long a client waits beyond the promised time of an answer before it counts as a hang. */
  readonly slack: number;
}

/** Ten queries and an export a second, of two tenants. */
export const STEADY: LoadPlan = {
  queryClients: 4,
  queryEvery: 800,
  exportEvery: 2_000,
  openJobs: 12,
  waitSeconds: 3,
  slack: 12_000,
};

/** When an answer is promised at the latest, in ms; a query's time comes from what it says itself, with 5 s to tell of its end. */
export const PROMISED = { submit: 20_000, look: 10_000, link: 20_000, file: 20_000 } as const;

export function promisedQuery({ waitSeconds }: LoadPlan): number {
  return waitSeconds * 1_000 + 5_000;
}
