import { type JobState } from '@sluice/contracts';
import { type JobAnswer } from '../exports/job-answer.js';

/* Messages of exports.proto; see query-messages.ts. */

export interface SubmitExportRequest {
  readonly definition: Buffer;
  readonly idempotencyKey: string;
}

export interface JobIdRequest {
  readonly jobId: string;
}

export interface FollowExportRequest extends JobIdRequest {
  readonly afterVersion: string;
}

export interface ListExportsRequest {
  readonly state: string;
  readonly limit: number;
  readonly after: string;
}

const STATE_NAMES: Readonly<Record<JobState, string>> = {
  Pending: 'EXPORT_STATE_PENDING',
  Running: 'EXPORT_STATE_RUNNING',
  Succeeded: 'EXPORT_STATE_SUCCEEDED',
  Failed: 'EXPORT_STATE_FAILED',
  Canceled: 'EXPORT_STATE_CANCELED',
};

/** Of a message ExportJob. */
export type ExportJobMessage = Readonly<Record<string, unknown>> & { readonly version: string };

/** A job's message: the HTTP answer, with nulls left out. */
export function toJobMessage(job: JobAnswer, version: string): ExportJobMessage {
  const { progress, result, state, ...others } = job;
  return {
    ...withoutNulls(others),
    state: STATE_NAMES[state],
    progress: withoutNulls(progress),
    ...(result !== null && { result: toResultMessage(result) }),
    version,
  };
}

function toResultMessage({ manifest, ...result }: NonNullable<JobAnswer['result']>): object {
  return { ...withoutNulls(result), manifest: Buffer.from(JSON.stringify(manifest)) };
}

function withoutNulls(values: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

/** The parameter of a list over HTTP; undefined for any state, and a text that is no state for a number that the enum does not have. */
export function stateParameter(name: unknown): string | undefined {
  if (name === 'EXPORT_STATE_UNSPECIFIED') return undefined;
  return Object.entries(STATE_NAMES).find(([, known]) => known === name)?.[0] ?? '';
}
