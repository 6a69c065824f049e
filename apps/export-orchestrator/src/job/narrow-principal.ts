import { Principal, Role, ROLES } from '@sluice/contracts';

/** What a client that submitted a job may do now. */
export interface SubmitterNow {
  readonly clientId: string;
  /** Null for a client of an external issuer: it is not known here, and its tokens are what ends. */
  readonly client: {
    readonly revoked: boolean;
    readonly tenants: readonly string[];
    readonly roles: readonly Role[];
    readonly claims: NonNullable<Principal['claims']>;
  } | null;
}

/** Who may have a job's file now, or why nobody may. */
export type Standing =
  | { readonly kind: 'may'; readonly principal: Principal }
  /** Every client that submitted it was revoked. */
  | { readonly kind: 'revoked' }
  /** None of them may export for the job's tenant any more. */
  | { readonly kind: 'lost-rights' };

/**
 * Cuts the principal of a submission to what its submitters may do now: never more than then, and never more than now. All who submitted the
 * same job saw the same, so one of them that still may is enough.
 */
export function standingNow(then: Principal, submitters: readonly SubmitterNow[]): Standing {
  if (submitters.some(({ client }) => client === null)) return { kind: 'may', principal: then };
  const live = submitters.flatMap(({ client }) => (client && !client.revoked ? [client] : []));
  if (live.length === 0) return { kind: 'revoked' };
  const [job, ...others] = then.tenants;
  const able = live.filter(({ tenants, roles }) => tenants.includes(job) && roles.some(mayExport));
  if (able.length === 0) return { kind: 'lost-rights' };
  const most = Math.max(...able.flatMap(({ roles }) => roles.map(rank)));
  const roles = [...new Set(then.roles.map((role) => ROLES[Math.min(rank(role), most)] ?? role))];
  const tenants = others.filter((tenant) => able.some((client) => client.tenants.includes(tenant)));
  return {
    kind: 'may',
    principal: { ...then, ...claimsNow(then, submitters), roles, tenants: [job, ...tenants] },
  };
}

/** Claims of the submission as the client has them now; one that it has lost is gone. */
function claimsNow(then: Principal, submitters: readonly SubmitterNow[]): Pick<Principal, 'claims'> {
  const own = submitters.find(({ clientId }) => clientId === then.clientId)?.client;
  if (!then.claims || !own) return {};
  const names = Object.keys(then.claims);
  return { claims: Object.fromEntries(Object.entries(own.claims).filter(([name]) => names.includes(name))) };
}

function rank(role: Role): number {
  return ROLES.indexOf(role);
}

function mayExport(role: Role): boolean {
  return rank(role) >= ROLES.indexOf('exporter');
}
