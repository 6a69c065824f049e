import { ExportJob } from '@sluice/contracts';
import { Span } from './disturbances.js';
import { FAULT_FORMATS } from './formats.js';
import { until } from './until.js';
import { Dataset, Tenant, Wanted } from './world-data.js';

/** A job as the API tells it. */
export interface SeenJob extends Pick<
  ExportJob,
  'jobId' | 'state' | 'attempt' | 'error' | 'progress' | 'expired'
> {
  readonly result: (NonNullable<ExportJob['result']> & { readonly downloadUrl: string | null }) | null;
}

/** A job that was taken (202, or 200 for a twin), and what it is to hold. */
export interface AcceptedJob extends Wanted {
  readonly jobId: string;
  /** Answers 202 and 200 that named it. */
  answers: { readonly created: number; readonly found: number };
  /** From the first time that it was asked for to the last answer. */
  readonly asked: Span;
}

const ENDED = ['Succeeded', 'Failed', 'Canceled'];
const ANSWER_MS = 40_000;

/** One client of one tenant, over HTTP. Remembers what was accepted. */
export class Caller {
  readonly accepted = new Map<string, AcceptedJob>();
  private asked = 0;
  private turn = 0;
  private readonly firstAsked = new WeakMap<Wanted, number>();
  private token: Promise<string> | undefined;

  constructor(
    /** Gateways, which are asked one after the other. */
    private readonly urls: readonly string[],
    readonly tenant: Tenant,
    private readonly clientId: string,
    private readonly secret: string,
  ) {}

  /** A body that asks for all rows of the tenant, unlike any before. */
  next(dataset: Dataset): Wanted {
    this.asked += 1;
    const format = FAULT_FORMATS[this.asked % FAULT_FORMATS.length] ?? 'csv';
    return { dataset, tenant: this.tenant, fromId: -this.asked, format };
  }

  /** Submits and expects to be accepted. */
  async submit(dataset: Dataset = 'big'): Promise<string> {
    const wanted = this.next(dataset);
    const answer = await this.post(wanted);
    if (!answer.ok) throw new Error(`Not accepted: ${answer.status} ${await answer.text()}`);
    return this.take(wanted, answer);
  }

  /** Submits whatever comes of it; `take` remembers an answer that accepted it. */
  async post(
    wanted: Wanted,
    headers: Readonly<Record<string, string>> = {},
    signal?: AbortSignal,
  ): Promise<Response> {
    const { dataset, fromId, format } = wanted;
    if (!this.firstAsked.has(wanted)) this.firstAsked.set(wanted, Date.now());
    const queryDefinition = { dataset, filter: { column: 'id', op: 'gte', value: fromId } };
    return this.fetch('/api/v1/exports', {
      method: 'POST',
      body: JSON.stringify({ format, queryDefinition }),
      headers,
      ...(signal && { signal }),
    });
  }

  async take(wanted: Wanted, answer: Response): Promise<string> {
    const { jobId } = (await answer.json()) as { jobId: string };
    const before = this.accepted.get(jobId)?.answers ?? { created: 0, found: 0 };
    const { created, found } = before;
    const answers = answer.status === 202 ? { created: created + 1, found } : { created, found: found + 1 };
    const asked = { from: this.firstAsked.get(wanted) ?? 0, to: Date.now() };
    this.accepted.set(jobId, { ...wanted, jobId, answers, asked });
    return jobId;
  }

  async job(jobId: string): Promise<SeenJob> {
    const answer = await this.fetch(`/api/v1/exports/${jobId}`);
    if (!answer.ok) throw new Error(`No answer about ${jobId}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as SeenJob;
  }

  cancel(jobId: string): Promise<Response> {
    return this.fetch(`/api/v1/exports/${jobId}`, { method: 'DELETE' });
  }

  /** Waits for the end; a service that is away meanwhile is asked again. */
  ended(jobId: string, withinMs = 60_000): Promise<SeenJob> {
    let last: unknown = null;
    const ask = async (): Promise<SeenJob | undefined> => {
      const job = await this.job(jobId).catch((error: unknown) => void (last = error));
      last = job ?? last;
      return job && ENDED.includes(job.state) ? job : undefined;
    };
    const told = (): string => (last instanceof Error ? last.message : JSON.stringify(last));
    return until(() => `job ${jobId} ends; last seen ${told()}`, ask, withinMs, 150);
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${await this.bearer()}`);
    headers.set('content-type', 'application/json');
    return fetch(new URL(path, this.nextUrl()), { signal: AbortSignal.timeout(ANSWER_MS), ...init, headers });
  }

  /** Gets another token: one is good for a quarter of an hour. */
  async renewToken(): Promise<void> {
    this.token = this.askToken();
    await this.token;
  }

  private nextUrl(): string {
    return this.urls[this.turn++ % this.urls.length] ?? '';
  }

  private bearer(): Promise<string> {
    this.token ??= this.askToken();
    return this.token;
  }

  private async askToken(): Promise<string> {
    const basic = Buffer.from(`${this.clientId}:${this.secret}`).toString('base64');
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    const answer = await fetch(new URL('/oauth/token', this.nextUrl()), {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body,
    });
    if (!answer.ok) throw new Error(`No token: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { access_token: string }).access_token;
  }
}
