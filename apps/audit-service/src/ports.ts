import { AuditRecord } from '@sluice/contracts';

/** Where the trail is kept. */
export interface AuditTrail {
  /** Adds the records that the trail does not have yet, all or none; answers how many those were. */
  append(records: readonly AuditRecord[]): Promise<number>;
}
