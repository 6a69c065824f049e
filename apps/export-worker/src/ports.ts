import { AuditSink, ClaimedJob, OutputColumn } from '@sluice/contracts';
import { ExportEngine } from '@sluice/engine';
import { MessageBus } from '@sluice/messaging';
import { ObjectStore } from '@sluice/object-store';
import { Governance } from '@sluice/policy';
import { Statement } from '@sluice/query-dsl';

/** Gives the catalogue and policy in force. */
export interface GovernanceSource {
  current(): Governance;
}

/** Tells the time: microseconds since 1970. */
export type Clock = () => bigint;

/** What a job comes to under the policy in force. */
export interface PlannedExport {
  readonly statement: Statement;
  readonly dataset: string;
  readonly columns: readonly OutputColumn[];
  readonly queryHash: string;
  readonly policyVersion: string;
}

/** Makes a plan of a job. Throws a SluiceError for what the principal may not, or no longer, see. */
export interface ExportPlanner {
  plan(job: ClaimedJob): PlannedExport;
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
