import { ExportFinished, isErrorCode, SluiceError } from '@sluice/contracts';
import { z } from 'zod';

/** Checks what the state machine and the store rely on; a message of another make must not move a job. */
const schema = z.object({
  jobId: z.uuid(),
  attempt: z.int().min(1),
  outcome: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('succeeded'),
      key: z.string(),
      fileName: z.string(),
      manifest: z.looseObject({
        jobId: z.uuid(),
        attempt: z.int().min(1),
        tenant: z.string(),
        dataset: z.string(),
        queryHash: z.string(),
        columns: z.array(z.looseObject({ name: z.string(), masked: z.boolean() })),
        rows: z.int().min(0),
        bytes: z.int().min(0),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        signature: z.string().min(1),
      }),
    }),
    z.object({
      kind: z.literal('failed'),
      transient: z.boolean(),
      error: z.looseObject({ code: z.string().refine(isErrorCode), message: z.string() }),
    }),
  ]),
});

/** Throws `invalid-request`, so that the bus sets the message aside. */
export function checkFinished(message: ExportFinished): ExportFinished {
  const { success, error } = schema.safeParse(message);
  if (success) return message;
  throw new SluiceError(
    'invalid-request',
    'The message about a finished export is not valid.',
    {},
    { cause: error },
  );
}
