import { ExportManifest, ExportSpec, JobState, Origin, OutputColumn, Principal } from '@sluice/contracts';
import { JobStanding } from './job-state.js';

/** A row of `export_job` as the driver gives it: 64-bit integers as digits. */
export interface JobRow {
  readonly id: string;
  readonly tenant: string;
  readonly client_id: string;
  readonly subject: string;
  readonly principal: Principal;
  readonly origin: Origin;
  readonly spec: ExportSpec;
  readonly dataset: string;
  readonly output_columns: readonly OutputColumn[];
  readonly query_hash: string;
  readonly state: JobState;
  readonly attempt: number;
  readonly losses: number;
  readonly rows_done: string;
  readonly rows_expected: string | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly manifest: (ExportManifest & { readonly signature: string }) | null;
  readonly file_name: string | null;
  readonly file_expires_at: Date | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  /** Computed by the database's clock; null without a lease. */
  readonly lease_expired: boolean | null;
  readonly due: boolean;
  /** Computed by the database's clock; null without a file. */
  readonly file_expired: boolean | null;
}

export function standingOf(row: JobRow): JobStanding {
  return {
    state: row.state,
    attempt: row.attempt,
    losses: row.losses,
    leaseExpired: row.lease_expired === true,
    due: row.due,
  };
}

/** The attempt whose file may be downloaded; null when there is none, or no longer. */
export function liveAttempt(row: JobRow): number | null {
  return row.manifest !== null && row.file_expired === false ? row.manifest.attempt : null;
}
