import { z } from 'zod';
import { ErrorCode } from '../error-codes.js';
import { Origin, Principal, ROLES } from '../principal.js';
import { ErrorDetails, ErrorPayload } from '../sluice-error.js';
import { agreeing } from './agreeing.js';

/*
 * Schemas of messages look at shapes, not at meanings: whether a tenant or a dataset exists is for the use case to say. They only
 * check (see RpcDefinition), so none of them has a default or a transformation.
 */

/** By reference: a page is never copied in order to be checked. */
export const bytesSchema = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected bytes');

/** Content that another one checks. `undefined` does not travel, so it may be missing; the type keeps its key all the same. */
export const freeSchema = z.unknown().optional() as unknown as z.ZodUnknown;

export const countSchema = z.int().nonnegative();

export const principalSchema = agreeing<Principal>()(
  z.object({
    subject: z.string(),
    clientId: z.string(),
    tenants: z.tuple([z.string()], z.string()).readonly(),
    roles: z.array(z.enum(ROLES)).readonly(),
    claims: z.record(z.string(), z.union([z.string(), z.array(z.string()).readonly()])).exactOptional(),
  }),
);

export const originSchema = agreeing<Origin>()(z.object({ requestId: z.string(), address: z.string() }));

const detailsSchema = agreeing<ErrorDetails>()(
  z.object({
    pointer: z.string().exactOptional(),
    position: z.number().exactOptional(),
    suggestion: z.string().exactOptional(),
    limit: z.object({ name: z.string(), value: z.number() }).exactOptional(),
    retryAfter: z.number().exactOptional(),
  }),
);

/** A code that only a newer service knows is no reason to refuse what it tells: whoever restores the error makes `internal` of it. */
export const errorPayloadSchema = agreeing<ErrorPayload>()(
  z.object({
    code: z.custom<ErrorCode>((value) => typeof value === 'string', 'expected a code'),
    message: z.string(),
    details: detailsSchema,
  }),
);
