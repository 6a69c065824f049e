import { JobState } from '@sluice/contracts';

/** One run and three more. */
export const MAX_ATTEMPTS = 4;
/** A job that so many workers fell silent over is set aside: it may well be what ends them (SPEC X5). */
export const MAX_LOSSES = 3;

/** What a job's row says about where the job stands. */
export interface JobStanding {
  readonly state: JobState;
  /** Runs that were started; the last one's number is the fencing token. */
  readonly attempt: number;
  /** Attempts whose worker fell silent, before this one. */
  readonly losses: number;
  /** The running attempt has not renewed its lease in time, by the database's clock. */
  readonly leaseExpired: boolean;
  /** A waiting job's pause after a fault is over, by the database's clock. */
  readonly due: boolean;
}

export type JobEvent =
  /** A worker asks for the job. */
  | { readonly kind: 'claim' }
  | { readonly kind: 'renew'; readonly attempt: number }
  | { readonly kind: 'succeed'; readonly attempt: number }
  | { readonly kind: 'fail'; readonly attempt: number; readonly transient: boolean }
  /** The sweeper found the lease expired. */
  | { readonly kind: 'lose-lease' }
  | { readonly kind: 'cancel' };

export type Transition =
  /** Said before, or too late to matter: nothing changes. */
  | { readonly kind: 'stay' }
  /** Comes from an attempt that has lost the job: it must stop, and what it made goes. */
  | { readonly kind: 'refuse' }
  | { readonly kind: 'run'; readonly attempt: number }
  | { readonly kind: 'extend' }
  /** Back into the line, to be run again as the given retry (from 1). */
  | { readonly kind: 'wait'; readonly retry: number }
  /** Failed, because its workers fell silent one after the other. */
  | { readonly kind: 'set-aside' }
  | { readonly kind: 'end'; readonly state: 'Succeeded' | 'Failed' | 'Canceled' };

const STAY: Transition = { kind: 'stay' };
const REFUSE: Transition = { kind: 'refuse' };

/**
 * What an event does to a job. Succeeded, Failed and Canceled are final; an attempt number only grows, and an event of
 * another attempt than the current one is refused.
 */
export function nextState(job: JobStanding, event: JobEvent): Transition {
  switch (event.kind) {
    case 'claim':
      return onClaim(job);
    case 'renew':
      return job.state === 'Running' && job.attempt === event.attempt ? { kind: 'extend' } : REFUSE;
    case 'succeed':
      return onSuccess(job, event.attempt);
    case 'fail':
      return onFailure(job, event.attempt, event.transient);
    case 'lose-lease':
      return onSilence(job);
    case 'cancel':
      return isLive(job) ? { kind: 'end', state: 'Canceled' } : STAY;
  }
}

/** A job whose worker fell silent comes back into the line first, where it is counted and pauses. */
function onClaim({ state, due, attempt }: JobStanding): Transition {
  if (state !== 'Pending' || !due || attempt >= MAX_ATTEMPTS) return REFUSE;
  return { kind: 'run', attempt: attempt + 1 };
}

function onSilence({ state, leaseExpired, losses, attempt }: JobStanding): Transition {
  if (state !== 'Running' || !leaseExpired) return STAY;
  return losses + 1 >= MAX_LOSSES ? { kind: 'set-aside' } : again(attempt);
}

function onSuccess(job: JobStanding, attempt: number): Transition {
  if (job.attempt !== attempt) return REFUSE;
  if (job.state === 'Succeeded') return STAY;
  // Pending: the lease ran out after the file was proven, and nobody has taken the job since.
  return isLive(job) ? { kind: 'end', state: 'Succeeded' } : REFUSE;
}

function onFailure(job: JobStanding, attempt: number, transient: boolean): Transition {
  if (job.attempt !== attempt) return REFUSE;
  if (job.state !== 'Running') return STAY;
  return transient ? again(attempt) : { kind: 'end', state: 'Failed' };
}

function again(attempt: number): Transition {
  return attempt < MAX_ATTEMPTS ? { kind: 'wait', retry: attempt } : { kind: 'end', state: 'Failed' };
}

function isLive({ state }: JobStanding): boolean {
  return state === 'Pending' || state === 'Running';
}
