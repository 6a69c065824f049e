import { AuditSink, QueryAnswer, RunQuery } from '@sluice/contracts';
import { Note, recorded } from '@sluice/service-kit';
import { Guards } from '../guards/guards.js';
import { CONTENT_TYPES, toQueryAnswer } from './answer-bytes.js';
import { Answers } from './answers.js';
import { withinDeadline } from './caller-deadline.js';
import { columnsUsed } from './columns-used.js';
import { Plan } from './plan.js';
import { Planner } from './planner.js';

/** Answers one page: checks, narrows, then the cache or the engine. Each outcome is recorded before it leaves. */
export class RunQueryUseCase {
  constructor(
    private readonly planner: Planner,
    private readonly guards: Guards,
    private readonly answers: Answers,
    private readonly audit: AuditSink,
  ) {}

  /** Throws a `SluiceError`: what is wrong with the query, or why it was stopped. */
  run(request: RunQuery, signal: AbortSignal): Promise<QueryAnswer> {
    const { principal, origin } = request;
    const asked = { action: 'query', principal, tenant: principal.tenants[0], origin, jobId: null } as const;
    return recorded(this.audit, asked, (note) => this.answer(request, signal, note));
  }

  private answer(request: RunQuery, signal: AbortSignal, note: Note): Promise<QueryAnswer> {
    const startedMs = performance.now();
    const { body, principal, form = 'json' } = request;
    return this.planner.plan(
      { body, principal, purpose: 'page', form },
      (query) => note({ dataset: query.scans[0].dataset.name, ...columnsUsed(query) }),
      async (plan) => {
        const { queryHash, etag } = plan.identity;
        note({ queryHash });
        // The caller is known and the query allowed; from here on nothing needs to be run, nor even compiled.
        if (matches(request.ifNoneMatch, etag)) {
          note({ status: 304, rows: 0 });
          return { status: 304, etag, contentType: CONTENT_TYPES[form], body: [] };
        }
        return withinDeadline(signal, request.timeoutMs, (stop) =>
          this.fetch(plan, request, stop, startedMs, note),
        );
      },
    );
  }

  private async fetch(
    plan: Plan,
    { noCache }: RunQuery,
    signal: AbortSignal,
    startedMs: number,
    note: Note,
  ): Promise<QueryAnswer> {
    const wanting = { signal, noCache };
    const start = this.answers.startOf(plan);
    await this.guards.check(plan, wanting, '');
    const answer = await this.answers.findOrMake(plan, start, wanting);
    note({ rows: answer.page.returned });
    return toQueryAnswer(plan, answer, startedMs);
  }
}

/** `If-None-Match` (RFC 9110): a list of tags, or `*`; weak and strong tags compare alike. */
function matches(header: string | null, etag: string): boolean {
  if (header === null) return false;
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
