import { ClaimedJob, exportClaim, ExportOutcome, exportReady, SluiceError } from '@sluice/contracts';
import { MessageBus } from '@sluice/messaging';
import { Logger, passFailpoint } from '@sluice/service-kit';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { exportFault } from '../run/export-fault.js';
import { Lease } from '../run/lease.js';
import { RunExport } from '../run/run-export.js';
import { JobSlots } from './job-slots.js';
import { tellOutcome } from './tell-outcome.js';

export interface ExportWorkSettings {
  readonly concurrency: number;
  readonly renewEveryMs: number;
  readonly slotWaitMs: number;
  readonly tellAgainMs: number;
}

/** Workers share what is ready. */
const GROUP = 'export-worker';

/** Whether a later try may find what this one did not: the orchestrator, or its database. */
function isAway(error: unknown): boolean {
  return error instanceof SluiceError && ['unavailable', 'rpc-timeout'].includes(error.code);
}

/** Takes jobs as they become ready and runs them beside each other, each under its lease. */
export class ExportWork {
  private readonly workerId = randomUUID();
  private readonly slots: JobSlots;
  private readonly running = new Set<Promise<void>>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly bus: MessageBus,
    private readonly runExport: RunExport,
    private readonly settings: ExportWorkSettings,
    private readonly logger: Logger,
  ) {
    this.slots = new JobSlots(settings.concurrency);
  }

  start(): Promise<void> {
    const { concurrency } = this.settings;
    return this.bus.subscribe(exportReady, GROUP, ({ jobId }) => this.take(jobId), { concurrency });
  }

  /** Takes nothing more, gives what runs half of the time to end, then hands it back to be run elsewhere. */
  async close(graceMs: number): Promise<void> {
    this.slots.close();
    await this.settled(graceMs / 2);
    this.stopping.abort(new SluiceError('unavailable', 'The worker was shut down; the export is run again.'));
    await this.settled(graceMs / 2);
  }

  /**
   * Resolves, and so acknowledges the message, as soon as the job is claimed: a long export must not meet the broker's limit.
   * The job's row and lease keep it from then on.
   */
  private async take(jobId: string): Promise<void> {
    passFailpoint('worker.received');
    const release = await this.slots.acquire(this.settings.slotWaitMs);
    if (release === null) {
      // All busy for long: back to the end of the line, where a freer worker may find it.
      await this.bus.publish(exportReady, { jobId });
      return;
    }
    try {
      const job = await this.claim(jobId);
      if (job === null) {
        release();
        return;
      }
      passFailpoint('worker.claimed');
      this.keep(this.work(job).finally(release));
    } catch (error) {
      release();
      throw error;
    }
  }

  /**
   * Asks again while nobody answers for jobs: an outage of minutes is no reason to set a message aside. Null when there is nothing to run, or
   * when the message was put back to the end of the line after asking for long.
   */
  private async claim(jobId: string): Promise<ClaimedJob | null> {
    const { slotWaitMs, tellAgainMs } = this.settings;
    for (const deadline = Date.now() + slotWaitMs; ;) {
      try {
        return await this.bus.request(exportClaim, { jobId, workerId: this.workerId });
      } catch (error) {
        if (!isAway(error)) throw error;
        await sleep(tellAgainMs, undefined, { signal: this.stopping.signal });
      }
      if (Date.now() < deadline) continue;
      await this.bus.publish(exportReady, { jobId });
      return null;
    }
  }

  private keep(work: Promise<void>): void {
    this.running.add(work);
    void work.finally(() => this.running.delete(work));
  }

  /** Never rejects: what cannot be told is logged, and the lease does the rest. */
  private async work(job: ClaimedJob): Promise<void> {
    const { jobId, attempt } = job;
    const { renewEveryMs, tellAgainMs: againMs } = this.settings;
    let rows = (): number => 0;
    const lease = new Lease(this.bus, job, () => rows(), { renewEveryMs, logger: this.logger });
    lease.start();
    try {
      const onRows = (count: () => number): void => void (rows = count);
      const outcome = await this.outcomeOf(job, lease, onRows);
      if (outcome === null) this.logger.info({ jobId, attempt }, 'an export was canceled or taken over');
      else await tellOutcome(this.bus, job, outcome, { signal: lease.lost, againMs, logger: this.logger });
      passFailpoint('worker.told');
    } catch (err) {
      this.logger.error({ err, jobId, attempt }, 'an outcome could not be told; the job is run again');
    } finally {
      await lease.stop();
    }
  }

  /** Null when the job is no longer this worker's, so that nothing is to be told. */
  private async outcomeOf(
    job: ClaimedJob,
    lease: Lease,
    onRows: (count: () => number) => void,
  ): Promise<ExportOutcome | null> {
    const signal = AbortSignal.any([this.stopping.signal, lease.lost]);
    try {
      return await this.runExport.run({ job, signal, onRows, mayPublish: () => lease.renew() });
    } catch (err) {
      if (lease.lost.aborted) {
        passFailpoint('worker.lease-lost');
        return null;
      }
      const fault = exportFault(err);
      const { jobId, attempt } = job;
      this.logger.warn({ err, jobId, attempt, transient: fault.transient }, 'an export failed');
      return { kind: 'failed', ...fault };
    }
  }

  private async settled(withinMs: number): Promise<void> {
    const done = Promise.allSettled(this.running);
    await Promise.race([done, sleep(withinMs, undefined, { ref: false })]);
  }
}
