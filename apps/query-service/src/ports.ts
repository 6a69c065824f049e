import { AuditSink } from '@sluice/contracts';
import { AnalyticEngine } from '@sluice/engine';
import { MessageBus } from '@sluice/messaging';
import { Governance } from '@sluice/policy';

/** Gives the catalogue and policy in force. */
export interface GovernanceSource {
  current(): Governance;
}

/** Tells the time: microseconds since 1970. */
export type Clock = () => bigint;

/** What the service stands on; made by whoever starts it. */
export interface QueryServiceParts {
  readonly bus: MessageBus;
  readonly engine: AnalyticEngine;
  readonly governance: GovernanceSource;
  readonly audit: AuditSink;
  /** The system's unless given. */
  readonly clock?: Clock;
}

/** Keeps parts of answers. A miss is never an error. */
export interface AnswerCache {
  get(key: string): Promise<CachedAnswer | undefined>;
  set(key: string, answer: CachedAnswer): Promise<void>;
}

/** What does not differ between two answers to one plan; `text` is the body up to its `meta`. */
export interface CachedAnswer {
  readonly text: string;
  readonly rows: number;
  readonly totalRows: number | null;
}
