import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Caller, SeenJob } from '../caller.js';
import { Ask, exchange, ExchangeKind } from './exchange.js';
import { LoadLog } from './load-log.js';
import { LoadPlan, PROMISED } from './load-plan.js';

/** An accepted export, as its client sees it. Times in ms since 1970. */
export interface FollowedJob {
  readonly jobId: string;
  readonly acceptedAt: number;
  endedAt: number | null;
  state: SeenJob['state'] | 'open';
  /** Its file came, and was what the job says. */
  delivered: boolean;
}

const LOOK_EVERY_MS = 1_000;
/** Far longer than a job takes on any machine. */
const GIVE_UP_MS = 300_000;

/** Looks at a job until it has ended, then fetches its file. What is refused is asked for again. */
export async function followJob(
  caller: Caller,
  job: FollowedJob,
  plan: LoadPlan,
  log: LoadLog,
): Promise<void> {
  const until = Date.now() + GIVE_UP_MS;
  const follower = new Follower(caller, plan, log);
  let seen: SeenJob | null = null;
  while (seen === null && Date.now() < until) {
    await sleep(LOOK_EVERY_MS);
    const found = await follower.look(job.jobId);
    if (found && found.state !== 'Pending' && found.state !== 'Running') seen = found;
  }
  if (seen === null) return;
  Object.assign(job, { state: seen.state, endedAt: Date.now() });
  while (!job.delivered && seen.result?.downloadUrl && Date.now() < until) {
    const place = await follower.link(seen.result.downloadUrl);
    if (place !== null) job.delivered = await follower.file(place, seen.result.manifest);
  }
}

class Follower {
  constructor(
    private readonly caller: Caller,
    private readonly plan: LoadPlan,
    private readonly log: LoadLog,
  ) {}

  async look(jobId: string): Promise<SeenJob | null> {
    let job: SeenJob | null = null;
    await this.ask('look', {
      deadlineMs: PROMISED.look,
      send: (signal) => this.caller.fetch(`/api/v1/exports/${jobId}`, { signal }),
      judge: async (answer) => {
        job = (await answer.json()) as SeenJob;
        return answer.status === 200 && job.jobId === jobId ? null : `status ${answer.status}`;
      },
    });
    return job;
  }

  /** Where the file is to be had at the moment; null when that was not told. */
  async link(url: string): Promise<string | null> {
    let place: string | null = null;
    await this.ask('link', {
      deadlineMs: PROMISED.link,
      send: (signal) => fetch(url, { redirect: 'manual', signal }),
      judge: async (answer) => {
        await answer.body?.cancel();
        place = answer.headers.get('location');
        return answer.status === 302 && place !== null ? null : `status ${answer.status}`;
      },
    });
    return place;
  }

  async file(place: string, manifest: { readonly sha256: string; readonly bytes: number }): Promise<boolean> {
    return this.ask('file', {
      deadlineMs: PROMISED.file,
      send: (signal) => fetch(place, { signal }),
      judge: async (answer) => {
        const file = Buffer.from(await answer.arrayBuffer());
        const sha256 = createHash('sha256').update(file).digest('hex');
        const whole = sha256 === manifest.sha256 && file.length === manifest.bytes;
        return whole
          ? null
          : `${file.length} bytes ${sha256} instead of ${manifest.bytes} ${manifest.sha256}`;
      },
    });
  }

  private async ask(kind: ExchangeKind, what: Omit<Ask, 'kind' | 'tenant'>): Promise<boolean> {
    const deadlineMs = what.deadlineMs + this.plan.slack;
    const asked = await exchange({ ...what, kind, tenant: this.caller.tenant, deadlineMs });
    await this.log.note(asked);
    return asked.outcome.kind === 'right';
  }
}
