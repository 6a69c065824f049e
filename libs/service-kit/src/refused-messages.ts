import { randomUUID } from 'node:crypto';
import { AuditSink, ERROR_CODES } from '@sluice/contracts';
import { Logger } from './logger.js';
import { counter } from './metrics.js';

/** A message without a valid seal, as a bus tells of it (decision 040). Nothing in it is known to be true. */
export interface RefusedSeal {
  readonly kind: string;
  readonly name: string;
  readonly reason: string;
  readonly correlationId: string | null;
}

/** Refusals that are recorded at once, and how many a second are added to that: some 40 MB of records a day at most. */
const BURST = 20;
const PER_SECOND = 1;
const CODE = 'message-forged';

const refused = () =>
  counter({
    name: 'sluice_messages_refused_total',
    help: 'Messages that did not carry a valid seal.',
    labels: ['kind', 'reason'],
  });

/**
 * Counts, logs and records messages that were refused for their seal. All are counted; of a flood, as many are logged and recorded as the
 * spool can take for good.
 */
export class RefusedMessages {
  private audit: AuditSink | undefined;
  private allowed = BURST;
  private countedAt: number;
  /** Since the last one that was recorded. */
  private unrecorded = 0;

  constructor(
    private readonly logger: Logger,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.countedAt = now();
  }

  /** From now on there is a trail to record to. */
  recordTo(audit: AuditSink): void {
    this.audit = audit;
  }

  readonly onRefused = (message: RefusedSeal): void => {
    const { kind, name, reason, correlationId } = message;
    refused().inc({ kind, reason });
    if (!this.mayRecord()) {
      this.unrecorded += 1;
      return;
    }
    const { unrecorded } = this;
    this.unrecorded = 0;
    this.logger.warn(
      { kind, message: name, reason, correlationId, unrecorded },
      'a message without a valid seal was refused',
    );
    void this.record(message);
  };

  private mayRecord(): boolean {
    const now = this.now();
    this.allowed = Math.min(BURST, this.allowed + ((now - this.countedAt) / 1_000) * PER_SECOND);
    this.countedAt = now;
    if (this.allowed < 1) return false;
    this.allowed -= 1;
    return true;
  }

  /** The trail has no place for a message's name but the request id, and who sent it is what nobody knows. */
  private async record({ kind, name, correlationId }: RefusedSeal): Promise<void> {
    try {
      await this.audit?.record({
        id: randomUUID(),
        at: new Date().toISOString(),
        action: 'denied',
        subject: null,
        clientId: null,
        tenant: null,
        dataset: null,
        columns: [],
        masks: [],
        queryHash: null,
        rows: null,
        status: ERROR_CODES[CODE].status,
        code: CODE,
        durationMs: 0,
        requestId: [kind, name, correlationId ?? ''].join(' ').trim(),
        address: null,
        jobId: null,
      });
    } catch (err) {
      this.logger.error({ err, message: name }, 'a refused message could not be recorded');
    }
  }
}
