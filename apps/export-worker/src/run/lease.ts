import { ClaimedJob, exportRenew, SluiceError } from '@sluice/contracts';
import { MessageBus } from '@sluice/messaging';
import { Logger, Loop, RENEWALS_IN_LEASE } from '@sluice/service-kit';

/** What a worker's right to a job rests on: it is renewed as long as the attempt runs. */
export class Lease {
  private readonly abort = new AbortController();
  private readonly loop: Loop;
  private expiry: NodeJS.Timeout | undefined;

  /** @param rowsDone tells how far the attempt has come */
  constructor(
    private readonly bus: MessageBus,
    private readonly job: ClaimedJob,
    private readonly rowsDone: () => number,
    options: { readonly renewEveryMs: number; readonly logger: Logger },
  ) {
    this.loop = new Loop(
      () => this.renewWhileHeld(),
      // Who grants the lease may be set up otherwise than we are.
      Math.min(options.renewEveryMs, job.leaseMs / RENEWALS_IN_LEASE),
      (err) => {
        options.logger.warn({ err, jobId: job.jobId }, 'a lease could not be renewed; it is tried again');
      },
    );
  }

  /** Fires when the job is no longer this attempt's: canceled, taken over, or not renewed in time. */
  get lost(): AbortSignal {
    return this.abort.signal;
  }

  start(): void {
    this.lastsFrom(performance.now());
    this.loop.start();
  }

  /** Asks now. Throws the reason of `lost` when the job is gone, or why it could not be asked. */
  async renew(): Promise<void> {
    const asked = performance.now();
    const { jobId, attempt } = this.job;
    const progress = { jobId, attempt, rowsDone: this.rowsDone(), rowsExpected: null };
    const { proceed } = await this.bus.request(exportRenew, progress, { signal: this.lost });
    if (!proceed) this.lose();
    this.lost.throwIfAborted();
    this.lastsFrom(asked);
  }

  async stop(): Promise<void> {
    clearTimeout(this.expiry);
    await this.loop.close();
    clearTimeout(this.expiry);
  }

  /** A job that is lost is told by `lost` alone. */
  private async renewWhileHeld(): Promise<void> {
    if (this.lost.aborted) return;
    try {
      await this.renew();
    } catch (error) {
      if (!this.lost.aborted) throw error;
    }
  }

  /** Counted from before the question: the answer may have been long on its way. */
  private lastsFrom(asked: number): void {
    clearTimeout(this.expiry);
    const left = this.job.leaseMs - (performance.now() - asked);
    this.expiry = setTimeout(() => {
      this.lose();
    }, left);
  }

  private lose(): void {
    clearTimeout(this.expiry);
    this.abort.abort(
      new SluiceError('query-canceled', 'The export was canceled or taken over by another worker.'),
    );
  }
}
