import { setTimeout as sleep } from 'node:timers/promises';

const FORMATS = ['csv', 'json', 'xlsx', 'parquet'] as const;
/** Seldom enough to be no load of its own. */
const LOOK_MS = 250;
const START_MS = 60_000;

/** Where exports are asked for, and by whom. */
export interface Exporter {
  readonly url: string;
  readonly token: string;
}

interface Job {
  readonly jobId: string;
  readonly state: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Canceled';
  readonly error: unknown;
}

/** One export of each format, asked for again as it finishes, each time with another filter so that no finished file answers it. */
export class ExportsUnderway {
  private static turn = 0;
  private readonly live = new Map<string, Job>();
  private finished = 0;
  private isOver = false;
  private readonly loops: Promise<void>;

  private constructor(private readonly exporter: Exporter) {
    this.loops = Promise.all(FORMATS.map((format) => this.repeat(format))).then(() => undefined);
    // Told by `stop`.
    this.loops.catch(() => undefined);
  }

  /** Resolves once so many of them run. */
  static async start(exporter: Exporter, running: number): Promise<ExportsUnderway> {
    const exports = new ExportsUnderway(exporter);
    const late = performance.now() + START_MS;
    while (exports.running() < running) {
      if (performance.now() > late)
        throw new Error(`The exports did not start within ${String(START_MS)} ms.`);
      await sleep(LOOK_MS);
    }
    return exports;
  }

  /** Ends them; gives how many were finished. Rejects when one of them failed. */
  async stop(): Promise<number> {
    this.isOver = true;
    await this.loops;
    return this.finished;
  }

  private running(): number {
    return [...this.live.values()].filter(({ state }) => state === 'Running').length;
  }

  private async repeat(format: string): Promise<void> {
    while (!this.isOver) {
      const job = await this.outcome(await this.ask('POST', '', this.body(format)), format);
      if (job.state === 'Succeeded') this.finished += 1;
      else if (!this.isOver) throw new Error(`An export ended as ${job.state}: ${JSON.stringify(job.error)}`);
    }
  }

  private async outcome(asked: Job, format: string): Promise<Job> {
    let job = asked;
    while (job.state === 'Pending' || job.state === 'Running') {
      this.live.set(format, job);
      await sleep(LOOK_MS);
      if (this.isOver) await this.ask('DELETE', `/${job.jobId}`);
      job = await this.ask('GET', `/${job.jobId}`);
    }
    return job;
  }

  private body(format: string): object {
    const turn = ExportsUnderway.turn++;
    const filter = { column: 'delay_minutes', op: 'gte', value: -1_000 - turn };
    return { format, queryDefinition: { dataset: 'flights', filter } };
  }

  private async ask(method: string, path: string, body?: object): Promise<Job> {
    const headers = { authorization: `Bearer ${this.exporter.token}`, 'content-type': 'application/json' };
    const asked = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
    const answer = await fetch(`${this.exporter.url}/api/v1/exports${path}`, asked);
    const text = await answer.text();
    // A job may end before it is canceled.
    if (!answer.ok && method !== 'DELETE') throw new Error(text);
    return (text === '' ? {} : JSON.parse(text)) as Job;
  }
}
