import { EventDefinition } from '@sluice/contracts';
import { passFailpoint } from '@sluice/service-kit';
import { JobDatabase } from '../postgres/job-database.js';
import { OutboxRow, removeSent, takeDue } from '../postgres/outbox.js';

const BATCH = 50;

/**
 * Publishes what transactions left in the outbox of one event: at least once, and never what was rolled back. Each event has a relay of its
 * own, so that nobody who is away for one holds up the others.
 */
export class OutboxRelay<T> {
  constructor(
    private readonly database: JobDatabase,
    private readonly event: EventDefinition<T>,
    private readonly publish: (message: T) => Promise<void>,
  ) {}

  /**
   * Publishes some of what is due; true when there may be more.
   *
   * @throws what publishing threw; what was confirmed before is marked, the rest stays for the next round
   */
  async run(): Promise<boolean> {
    const { sent, fault } = await this.database.transaction(async (sql) => {
      const result = await this.publishAll(await takeDue(sql, this.event, BATCH));
      if (result.sent.length > 0) await removeSent(sql, result.sent);
      return result;
    });
    if (fault !== null) throw fault.error;
    return sent.length === BATCH;
  }

  /** One after the other: a broker that is away costs one time-out, not fifty. */
  private async publishAll(
    rows: readonly OutboxRow<T>[],
  ): Promise<{ readonly sent: readonly string[]; readonly fault: { readonly error: unknown } | null }> {
    const sent: string[] = [];
    for (const { id, message } of rows) {
      try {
        await this.publish(message);
      } catch (error) {
        return { sent, fault: { error } };
      }
      passFailpoint('orchestrator.relayed');
      sent.push(id);
    }
    return { sent, fault: null };
  }
}
