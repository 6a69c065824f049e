import { ROLES } from '@sluice/contracts';
import { z } from 'zod';

/** What a role sees of a class of columns (SPEC P5). */
export const TREATMENTS = ['clear', 'mask', 'partial', 'null', 'deny'] as const;

const treatment = z.enum(TREATMENTS, { error: `must be one of ${TREATMENTS.join(', ')}` });

/** Every role is named for every class: what is left out by mistake must not become visible. */
const treatmentsByRole = z.strictObject({
  [ROLES[0]]: treatment,
  [ROLES[1]]: treatment,
  [ROLES[2]]: treatment,
} as Record<(typeof ROLES)[number], typeof treatment>);

/** `policy.yaml`. */
export const policyFile = z.strictObject({
  version: z.literal(1),
  classes: z.record(z.string(), treatmentsByRole).default({}),
});

export type PolicyFile = z.output<typeof policyFile>;
