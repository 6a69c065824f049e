/** One line of the audit trail (SPEC A1): who asked for what, and what became of it. Holds no row values. */
export interface AuditRecord {
  /** UUID; makes at-least-once delivery countable once. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly action:
    | 'query'
    | 'query.explain'
    | 'export.submit'
    | 'export.read'
    | 'export.list'
    | 'export.cancel'
    | 'export.run'
    /** The one record of a job's end: Succeeded, Failed or Canceled, whoever or whatever ended it. */
    | 'export.end'
    | 'export.download'
    | 'denied';
  readonly subject: string | null;
  readonly clientId: string | null;
  readonly tenant: string | null;
  readonly dataset: string | null;
  /** Columns that the request used, as `dataset.column`; of an export, its output columns. */
  readonly columns: readonly string[];
  /** Those of them that were masked. */
  readonly masks: readonly string[];
  /** SHA-256 of the canonical query, hex. */
  readonly queryHash: string | null;
  readonly rows: number | null;
  /** HTTP status that the outcome stands for. */
  readonly status: number;
  /** Code of the register, when refused or failed. */
  readonly code: string | null;
  readonly durationMs: number;
  readonly requestId: string;
  readonly address: string | null;
  readonly jobId: string | null;
}

/** Takes a record before its answer leaves. Rejects with `audit-unavailable` when it cannot be kept. */
export interface AuditSink {
  record(record: AuditRecord): Promise<void>;
}
