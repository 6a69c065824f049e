/** What a caller may do; see SPEC P2. */
export const ROLES = ['viewer', 'exporter', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** An authenticated caller, made by the gateway from a verified token only. */
export interface Principal {
  readonly subject: string;
  readonly clientId: string;
  /** At least one; the first one owns the jobs that the caller submits. */
  readonly tenants: readonly [string, ...string[]];
  readonly roles: readonly Role[];
  /** Further claims of the token that row filters of the policy may name (SPEC P4). */
  readonly claims?: Readonly<Record<string, string | readonly string[]>>;
}

export function isRole(value: unknown): value is Role {
  return ROLES.includes(value as Role);
}

/** An admin may do what an exporter may; an exporter what a viewer may. */
export function hasRole(principal: Principal, role: Role): boolean {
  return principal.roles.some((held) => ROLES.indexOf(held) >= ROLES.indexOf(role));
}

/** Where a request came from; recorded with every answer. */
export interface Origin {
  readonly requestId: string;
  /** Remote address as the gateway saw it. */
  readonly address: string;
}
