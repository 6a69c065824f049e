import { randomUUID } from 'node:crypto';
import { Caller } from '../caller.js';
import { Wanted } from '../world-data.js';
import { exchange } from './exchange.js';
import { LoadLog } from './load-log.js';
import { LoadPlan, PROMISED } from './load-plan.js';
import { FollowedJob, followJob } from './follow-job.js';

/** How long a submission is tried again, in ms: far longer than anything is away. */
const GIVE_UP_MS = 120_000;
const LOOK_EVERY_MS = 200;

/** Asks for one export after the other, each unlike any before, and follows all of them to their files. */
export class ExportClient {
  readonly jobs: FollowedJob[] = [];
  private readonly following: Promise<void>[] = [];

  constructor(
    private readonly caller: Caller,
    private readonly plan: LoadPlan,
    private readonly log: LoadLog,
  ) {}

  /** Resolves once nothing new is asked for, and all that was accepted has been followed to its end. */
  async run(): Promise<void> {
    while (!this.log.stopping) {
      const next = Date.now() + this.plan.exportEvery;
      const jobId = await this.submit(this.caller.next('small'));
      if (jobId !== null) {
        const job: FollowedJob = {
          jobId,
          acceptedAt: Date.now(),
          endedAt: null,
          state: 'open',
          delivered: false,
        };
        this.jobs.push(job);
        this.following.push(followJob(this.caller, job, this.plan, this.log));
      }
      await this.log.pause(next - Date.now());
      while (!this.log.stopping && this.open() >= this.plan.openJobs) await this.log.pause(LOOK_EVERY_MS);
    }
    await Promise.all(this.following);
  }

  private open(): number {
    return this.jobs.filter(({ endedAt }) => endedAt === null).length;
  }

  /** Asks until it is accepted, by the same key, as whoever needs the file would. */
  private async submit(wanted: Wanted): Promise<string | null> {
    const headers = { 'idempotency-key': randomUUID() };
    const until = Date.now() + GIVE_UP_MS;
    let jobId: string | null = null;
    while (jobId === null && Date.now() < until) {
      const asked = await exchange({
        kind: 'submit',
        tenant: this.caller.tenant,
        deadlineMs: PROMISED.submit + this.plan.slack,
        send: (signal) => this.caller.post(wanted, headers, signal),
        judge: async (answer) => {
          if (answer.status !== 202 && answer.status !== 200) return `status ${answer.status}`;
          jobId = await this.caller.take(wanted, answer);
          return null;
        },
      });
      await this.log.note(asked);
    }
    return jobId;
  }
}
