import { AuditSink, QueryAnswer, RunQuery } from '@sluice/contracts';
import { AnalyticEngine, EngineSnapshot } from '@sluice/engine';
import { planQuery } from '@sluice/policy';
import { GovernedQuery, openCursor, sealCursor } from '@sluice/query-dsl';
import { Note, recorded } from '@sluice/service-kit';
import { randomUUID } from 'node:crypto';
import { AnswerCache, CachedAnswer, Clock, GovernanceSource } from '../ports.js';
import { columnsUsed } from './columns-used.js';
import { identify, PlanIdentity } from './plan-identity.js';
import { requireData } from './require-data.js';
import { runPage } from './run-page.js';

export interface RunQuerySettings {
  readonly queryTimeoutMs: number;
  /** 32 bytes. */
  readonly cursorKey: Buffer;
}

/** What a page is made from. */
export interface QuerySources {
  readonly engine: AnalyticEngine;
  readonly governance: GovernanceSource;
  readonly clock: Clock;
}

/** Answers one page: checks, narrows, then the cache or the engine. Each outcome is recorded before it leaves. */
export class RunQueryUseCase {
  constructor(
    private readonly sources: QuerySources,
    private readonly cache: AnswerCache,
    private readonly audit: AuditSink,
    private readonly settings: RunQuerySettings,
  ) {}

  /** Throws a `SluiceError`: what is wrong with the query, or why it was stopped. */
  run(request: RunQuery, signal: AbortSignal): Promise<QueryAnswer> {
    const { principal, origin } = request;
    const asked = { action: 'query', principal, tenant: principal.tenants[0], origin, jobId: null } as const;
    return recorded(this.audit, asked, (note) => this.answer(request, signal, note));
  }

  private async answer(request: RunQuery, signal: AbortSignal, note: Note): Promise<QueryAnswer> {
    const started = performance.now();
    const { body, principal } = request;
    const { governance, clock } = this.sources;
    const query = planQuery({ body, principal, purpose: 'page', now: clock() }, governance.current());
    note({ dataset: query.scans[0].dataset.name, ...columnsUsed(query) });
    const snapshot = this.sources.engine.snapshot();
    try {
      requireData(query, snapshot);
      const identity = identify(query, principal, snapshot.dataVersion);
      note({ queryHash: identity.queryHash });
      const etag = `"${identity.answerHash.slice(0, 32)}"`;
      if (matches(request.ifNoneMatch, etag)) {
        note({ status: 304, rows: 0 });
        return { status: 304, etag, contentType: JSON_TYPE, body: new Uint8Array() };
      }
      const cached = request.noCache ? undefined : await this.cache.get(identity.answerHash);
      const answer = cached ?? (await this.runAndKeep(query, identity, snapshot, signal));
      note({ rows: answer.rows });
      const meta = {
        totalRows: answer.totalRows,
        totalIsExact: answer.totalRows !== null,
        executionMs: Math.round((performance.now() - started) * 1_000) / 1_000,
        etag,
        cached: cached !== undefined,
        queryId: randomUUID(),
        dataVersion: snapshot.dataVersion,
      };
      const text = `${answer.text},"meta":${JSON.stringify(meta)}}`;
      return { status: 200, etag, contentType: JSON_TYPE, body: Buffer.from(text) };
    } finally {
      snapshot.release();
    }
  }

  private async runAndKeep(
    query: GovernedQuery,
    { answerHash, cursorBinding }: PlanIdentity,
    snapshot: EngineSnapshot,
    signal: AbortSignal,
  ): Promise<CachedAnswer> {
    const { cursorKey, queryTimeoutMs } = this.settings;
    const after = query.page?.after ?? null;
    const position = after === null ? null : openCursor(after, cursorBinding, cursorKey, '/page/after');
    const options = { signal, timeoutMs: queryTimeoutMs };
    const answer = await runPage(query, position, snapshot, options, (next) =>
      sealCursor(next, cursorBinding, cursorKey),
    );
    await this.cache.set(answerHash, answer);
    return answer;
  }
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** `If-None-Match` (RFC 9110): a list of tags, or `*`; weak and strong tags compare alike. */
function matches(header: string | null, etag: string): boolean {
  if (header === null) return false;
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
