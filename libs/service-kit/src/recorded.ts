import { AuditRecord, AuditSink, ERROR_CODES, Origin, Principal, SluiceError } from '@sluice/contracts';
import { randomUUID } from 'node:crypto';

/** What is known of a request before it is looked at. */
export interface Asked {
  readonly action: AuditRecord['action'];
  /** Null for the bearer of a signed link. */
  readonly principal: Principal | null;
  readonly tenant: string | null;
  readonly origin: Origin;
  readonly jobId: string | null;
}

type Facts = Pick<
  AuditRecord,
  'id' | 'dataset' | 'columns' | 'masks' | 'queryHash' | 'rows' | 'status' | 'jobId' | 'tenant'
>;
/**
 * Adds what was learnt on the way; it stands in the record also when the request is refused later. A noted `id` makes the record count once
 * in the trail when the same work is done and recorded again.
 */
export type Note = (facts: Partial<Facts>) => void;

/**
 * Does the work and records what came of it, an answer or a refusal, before either leaves (SPEC A1). Status is 200 unless
 * noted otherwise, or that of the error's code.
 *
 * @throws what `work` throws; `audit-unavailable` when the record cannot be kept, whatever came of the work
 */
export async function recorded<T>(
  audit: AuditSink,
  asked: Asked,
  work: (note: Note) => Promise<T>,
): Promise<T> {
  const started = performance.now();
  let facts: Facts = {
    id: randomUUID(),
    dataset: null,
    columns: [],
    masks: [],
    queryHash: null,
    rows: null,
    status: 200,
    jobId: asked.jobId,
    tenant: asked.tenant,
  };
  const keep = (outcome: { readonly status: number; readonly code: string | null }): Promise<void> =>
    audit.record({
      at: new Date().toISOString(),
      action: asked.action,
      subject: asked.principal?.subject ?? null,
      clientId: asked.principal?.clientId ?? null,
      requestId: asked.origin.requestId,
      address: asked.origin.address,
      durationMs: performance.now() - started,
      ...facts,
      ...outcome,
    });
  let answer: T;
  try {
    answer = await work((more) => (facts = { ...facts, ...more }));
  } catch (error) {
    const { code } = SluiceError.from(error);
    await keep({ status: ERROR_CODES[code].status, code });
    throw error;
  }
  await keep({ status: facts.status, code: null });
  return answer;
}
