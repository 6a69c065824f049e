import { Role, ROLES } from '@sluice/contracts';
import { z } from 'zod';

/** What a role sees of a class of columns (SPEC P5), from most to least. */
export const TREATMENTS = ['clear', 'hash', 'partial', 'mask', 'null', 'deny'] as const;

const treatment = z.enum(TREATMENTS, { error: `must be one of ${TREATMENTS.join(', ')}` });

const LARGEST_GROUP = 1_000_000;
const groupSize = z
  .int({ error: 'must be a whole number' })
  .min(1, 'must be 1 or more')
  .max(LARGEST_GROUP, `must be ${LARGEST_GROUP} or less`);

/** A filter is read by the query language, which knows its places better than a schema does. */
const rowRule = z.union([z.enum(['all', 'none']), z.record(z.string(), z.unknown())], {
  error: 'must be "all", "none" or a filter',
});

/** Every role is named wherever one is: what is left out by mistake must not become visible. */
const byRole = <T extends z.ZodType>(rule: T): z.ZodObject<Record<Role, T>, z.core.$strict> =>
  z.strictObject(Object.fromEntries(ROLES.map((role) => [role, rule])) as Record<Role, T>);

/** `policy.yaml`. */
export const policyFile = z.strictObject({
  version: z.literal(1),
  classes: z.record(z.string(), byRole(treatment)).default({}),
  /** By dataset; one that is not named is narrowed by the tenant alone. */
  rows: z.record(z.string(), byRole(rowRule)).default({}),
  smallestGroup: byRole(groupSize).default({ viewer: 1, exporter: 1, admin: 1 }),
});

export type PolicyFile = z.output<typeof policyFile>;
export type RowRule = z.output<typeof rowRule>;
