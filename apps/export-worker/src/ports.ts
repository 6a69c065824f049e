import { AuditSink, ClaimedJob, ExportSpec, OutputColumn } from '@sluice/contracts';
import { CsvRow } from '@sluice/csv';
import { ExportEngine, RunOptions } from '@sluice/engine';
import { MessageBus } from '@sluice/messaging';
import { ObjectStore } from '@sluice/object-store';
import { Governance } from '@sluice/policy';
import { GovernedQuery, Statement } from '@sluice/query-dsl';
import { Readable } from 'node:stream';

/** Gives the catalogue and policy in force. */
export interface GovernanceSource {
  current(): Governance;
}

/** Tells the time: microseconds since 1970. */
export type Clock = () => bigint;

/** What a job comes to under the policy in force. */
export interface PlannedExport {
  /** After policy: what an encoder compiles into the statement that it needs. */
  readonly query: GovernedQuery;
  readonly dataset: string;
  readonly columns: readonly OutputColumn[];
  readonly queryHash: string;
  readonly policyVersion: string;
}

/** Makes a plan of a job. Throws a SluiceError for what the principal may not, or no longer, see. */
export interface ExportPlanner {
  plan(job: ClaimedJob): PlannedExport;
}

/** A file in the making, before compression. */
export interface EncodedFile {
  readonly dataVersion: string;
  /** Fails with the fault that ended it; an end alone does not tell that it is whole. */
  readonly stream: Readable;
  /** Rows that went by until now. */
  readonly rowsSoFar: () => number;
  /**
   * Rows of the file, counted by the encoder and equal to what the engine made. Resolves after the stream's end; rejects with
   * `export-incomplete` or with what broke.
   */
  readonly rows: Promise<number>;
}

/** One format's way from a plan to the bytes of a file. */
export interface ExportEncoder {
  /** Aborting `options.signal` ends the stream with an error. */
  encode(plan: PlannedExport, spec: ExportSpec, options: RunOptions): Promise<EncodedFile>;
}

/** Rows in the making. */
export interface EngineRows {
  readonly dataVersion: string;
  /** Taken once, and only as fast as the file is read. That they end does not tell that they were all. */
  readonly rows: AsyncIterable<CsvRow>;
  /** Rows that the engine produced; resolves once the last was taken, rejects with what broke. */
  readonly count: Promise<number>;
}

/** An engine that gives rows and cannot write files: what an encoder of ours then makes a file of. */
export interface RowEngine {
  /** Runs a statement of typed values. Aborting `options.signal` makes the rows fail. */
  rows(statement: Statement, options: RunOptions): Promise<EngineRows>;
}

/** What the worker stands on; made, and closed, by whoever starts it. */
export interface ExportWorkerParts {
  readonly bus: MessageBus;
  readonly store: ObjectStore;
  readonly engine: ExportEngine;
  readonly governance: GovernanceSource;
  readonly audit: AuditSink;
  /** The system's unless given. */
  readonly clock?: Clock;
}
