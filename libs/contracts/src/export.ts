import { ErrorPayload } from './sluice-error.js';
import { Origin, Principal } from './principal.js';
import { OutputColumn } from './query.js';

export const EXPORT_FORMATS = ['csv', 'json', 'ndjson', 'xlsx', 'pdf', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
export const EXPORT_COMPRESSIONS = ['gzip', 'zip'] as const;
export type ExportCompression = (typeof EXPORT_COMPRESSIONS)[number];
export const JOB_STATES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Canceled'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** CSV choices (SPEC X9). */
export interface CsvOptions {
  /** One character: comma by default, or `;`, `|`, tab. */
  readonly delimiter: string;
  readonly bom: boolean;
  /** What a NULL is written as; empty by default. */
  readonly nullText: string;
  /** Leaves text that a spreadsheet would run as a formula as it is. */
  readonly rawText: boolean;
}

export const DEFAULT_CSV_OPTIONS: CsvOptions = { delimiter: ',', bom: false, nullText: '', rawText: false };

/** PDF choices (SPEC X11). */
export interface PdfOptions {
  /** Printed above the table; null for the dataset's name. */
  readonly title: string | null;
  readonly paper: 'a4' | 'letter';
}

export const DEFAULT_PDF_OPTIONS: PdfOptions = { title: null, paper: 'a4' };

/** Everything a worker needs; kept in the job's row. */
export interface ExportSpec {
  readonly queryDefinition: unknown;
  readonly format: ExportFormat;
  readonly compression: ExportCompression | null;
  readonly csv: CsvOptions;
  readonly pdf: PdfOptions;
}

/** Stored beside a published file and signed (SPEC X7). */
export interface ExportManifest {
  readonly jobId: string;
  readonly attempt: number;
  readonly tenant: string;
  readonly dataset: string;
  readonly queryHash: string;
  /** What policy allowed of the query's tables when the file was made (`CheckedQuery.policyHash`); older files lack it. */
  readonly policyHash?: string;
  readonly policyVersion: string;
  readonly dataVersion: string;
  readonly columns: readonly OutputColumn[];
  readonly format: ExportFormat;
  readonly compression: ExportCompression | null;
  readonly rows: number;
  readonly bytes: number;
  /** SHA-256 of the file's clear bytes, hex. */
  readonly sha256: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

export interface ExportResult {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly fileExpiresAt: string;
  readonly manifest: ExportManifest & { readonly signature: string };
}

/** A job as the orchestrator knows it; the gateway adds the signed link. */
export interface ExportJob {
  readonly jobId: string;
  readonly tenant: string;
  readonly state: JobState;
  readonly format: ExportFormat;
  readonly compression: ExportCompression | null;
  readonly progress: {
    readonly percent: number;
    readonly rowsDone: number;
    readonly rowsExpected: number | null;
  };
  readonly attempt: number;
  readonly queuePosition: number | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly result: ExportResult | null;
  /** The file was deleted or its time is over: `result` still tells what it was. */
  readonly expired: boolean;
}

export interface SubmitExport {
  readonly principal: Principal;
  readonly origin: Origin;
  /** The request body as parsed JSON. */
  readonly body: unknown;
  readonly idempotencyKey: string | null;
  /** UUID that the gateway gives each submission: one that comes again, because its answer was lost, is answered as the first time. */
  readonly submissionId?: string;
}

export interface JobRequest {
  readonly principal: Principal;
  readonly origin: Origin;
  readonly jobId: string;
  /** A further look on behalf of a stream whose first look was recorded; it is recorded only when it is refused. */
  readonly again?: boolean;
}

/** Where a list goes on: after this job. */
export interface ListPosition {
  /** As the job store writes it, to the microsecond. */
  readonly createdAt: string;
  readonly jobId: string;
}

export interface ListExports {
  readonly principal: Principal;
  readonly origin: Origin;
  /** Null for jobs of any state. */
  readonly state: JobState | null;
  /** 1 to 200. */
  readonly limit: number;
  readonly after: ListPosition | null;
}

/** Jobs that the caller may see, the newest first. */
export interface ExportPage {
  readonly jobs: readonly ExportJob[];
  /** Null at the end. */
  readonly next: ListPosition | null;
}

export const LIST_LIMIT = { most: 200, unlessGiven: 50 } as const;

/** Asked by the gateway when a signed link is used: is the file still to be had? */
export interface ResolveDownload {
  readonly jobId: string;
  readonly tenant: string;
  readonly sha256: string;
  readonly origin: Origin;
}

export interface DownloadableFile {
  /** Key in the object store. */
  readonly key: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: number;
}

export interface ClaimExport {
  /** What the worker was woken for; says nothing of what it is given. */
  readonly jobId: string;
  readonly workerId: string;
}

export interface ClaimedJob {
  readonly jobId: string;
  /** The fencing token: every later write about the job carries it and loses when it is stale. */
  readonly attempt: number;
  readonly principal: Principal;
  readonly spec: ExportSpec;
  readonly origin: Origin;
  readonly leaseMs: number;
}

export interface JobProgress {
  readonly jobId: string;
  readonly attempt: number;
  readonly rowsDone: number;
  readonly rowsExpected: number | null;
}

export type ExportOutcome =
  | {
      readonly kind: 'succeeded';
      readonly key: string;
      readonly fileName: string;
      readonly manifest: ExportManifest & { readonly signature: string };
    }
  | { readonly kind: 'failed'; readonly error: ErrorPayload; readonly transient: boolean };

export interface ExportFinished {
  readonly jobId: string;
  readonly attempt: number;
  readonly outcome: ExportOutcome;
}

/** What a job's file is called, in the store and for who downloads it; the same for each attempt. */
export function exportFileName(
  dataset: string,
  jobId: string,
  { format, compression }: Pick<ExportSpec, 'format' | 'compression'>,
): string {
  const suffix = { gzip: `${format}.gz`, zip: 'zip' };
  return `${dataset}-${jobId}.${compression === null ? format : suffix[compression]}`;
}
