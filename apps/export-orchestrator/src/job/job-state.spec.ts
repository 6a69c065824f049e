import { JOB_STATES } from '@sluice/contracts';
import fc from 'fast-check';
import { JobEvent, JobStanding, MAX_ATTEMPTS, MAX_LOSSES, nextState, Transition } from './job-state.js';

const waiting: JobStanding = { state: 'Pending', attempt: 0, losses: 0, leaseExpired: false, due: true };
const running: JobStanding = { ...waiting, state: 'Running', attempt: 2 };
const late: JobStanding = { ...running, leaseExpired: true };
const spent: JobStanding = { ...late, attempt: MAX_ATTEMPTS };
const put = (attempt: number, due = true): JobStanding => ({ ...waiting, attempt, due });
const ended = (state: 'Succeeded' | 'Failed' | 'Canceled'): JobStanding => ({ ...running, state });
const fail = (attempt: number, transient: boolean): JobEvent => ({ kind: 'fail', attempt, transient });
const succeed = (attempt: number): JobEvent => ({ kind: 'succeed', attempt });
const end = (state: 'Succeeded' | 'Failed' | 'Canceled'): Transition => ({ kind: 'end', state });
const stay: Transition = { kind: 'stay' };
const refuse: Transition = { kind: 'refuse' };

describe('nextState', () => {
  it.each<[string, JobStanding, JobEvent, Transition]>([
    ['a waiting job is claimed', waiting, { kind: 'claim' }, { kind: 'run', attempt: 1 }],
    ['a job that was put back is claimed', put(2), { kind: 'claim' }, { kind: 'run', attempt: 3 }],
    ['a job that pauses is not claimed', put(2, false), { kind: 'claim' }, refuse],
    ['a running job is not claimed', running, { kind: 'claim' }, refuse],
    ['a job whose worker vanished is not claimed before it is back in line', late, { kind: 'claim' }, refuse],
    ['a job that used up its attempts is not claimed', put(MAX_ATTEMPTS), { kind: 'claim' }, refuse],
    ['a succeeded job is not claimed', ended('Succeeded'), { kind: 'claim' }, refuse],
    ['a failed job is not claimed', ended('Failed'), { kind: 'claim' }, refuse],
    ['a canceled job is not claimed', ended('Canceled'), { kind: 'claim' }, refuse],

    ['the running attempt renews', running, { kind: 'renew', attempt: 2 }, { kind: 'extend' }],
    ['it renews late, when nobody took over', late, { kind: 'renew', attempt: 2 }, { kind: 'extend' }],
    ['a stale attempt does not renew', running, { kind: 'renew', attempt: 1 }, refuse],
    ['an attempt put back does not renew', put(2), { kind: 'renew', attempt: 2 }, refuse],
    ['a canceled job is not renewed', ended('Canceled'), { kind: 'renew', attempt: 2 }, refuse],

    ['the running attempt succeeds', running, succeed(2), end('Succeeded')],
    ['it succeeds late, when nobody took over', late, succeed(2), end('Succeeded')],
    ['it succeeds after it was put back', put(2), succeed(2), end('Succeeded')],
    ['success is told twice', ended('Succeeded'), succeed(2), stay],
    ['a stale attempt succeeds', running, succeed(1), refuse],
    ['a stale attempt succeeds after another', ended('Succeeded'), succeed(1), refuse],
    ['an attempt succeeds after cancel', ended('Canceled'), succeed(2), refuse],
    ['an attempt succeeds after failure', ended('Failed'), succeed(2), refuse],

    ['a transient fault puts back', running, fail(2, true), { kind: 'wait', retry: 2 }],
    ['a permanent fault ends', running, fail(2, false), end('Failed')],
    ['the last transient fault ends', { ...running, attempt: 4 }, fail(4, true), end('Failed')],
    ['a stale attempt fails', running, fail(1, false), refuse],
    ['a fault is told twice', put(2), fail(2, true), stay],
    ['a fault comes after cancel', ended('Canceled'), fail(2, false), stay],
    ['a fault comes after success', ended('Succeeded'), fail(2, false), stay],

    ['an expired lease puts back', late, { kind: 'lose-lease' }, { kind: 'wait', retry: 2 }],
    ['the last expired lease ends', spent, { kind: 'lose-lease' }, end('Failed')],
    [
      'the third expired lease sets aside',
      { ...late, losses: 2 },
      { kind: 'lose-lease' },
      { kind: 'set-aside' },
    ],
    ['a lease that was renewed meanwhile stays', running, { kind: 'lose-lease' }, stay],
    ['a finished job has no lease', ended('Succeeded'), { kind: 'lose-lease' }, stay],

    ['a waiting job is canceled', waiting, { kind: 'cancel' }, end('Canceled')],
    ['a running job is canceled', running, { kind: 'cancel' }, end('Canceled')],
    ['a finished job is not canceled', ended('Succeeded'), { kind: 'cancel' }, stay],
    ['a failed job is not canceled', ended('Failed'), { kind: 'cancel' }, stay],
  ])('%s', (_, job, event, transition) => {
    expect(nextState(job, event)).toEqual(transition);
  });

  const attempts = fc.integer({ min: 1, max: MAX_ATTEMPTS + 1 });
  const events: fc.Arbitrary<JobEvent> = fc.oneof(
    fc.constantFrom<JobEvent>({ kind: 'claim' }, { kind: 'lose-lease' }, { kind: 'cancel' }),
    attempts.map((attempt): JobEvent => ({ kind: 'renew', attempt })),
    attempts.map(succeed),
    fc.tuple(attempts, fc.boolean()).map(([attempt, transient]) => fail(attempt, transient)),
  );
  const clocks = fc.record({ leaseExpired: fc.boolean(), due: fc.boolean() });

  it('ends each job at most once and never runs it more than four times, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(events, clocks), { maxLength: 40 }), (story) => {
        let job = { state: waiting.state, attempt: 0, losses: 0 };
        for (const [event, clock] of story) {
          const next = apply(job, event, nextState({ ...job, ...clock }, event));
          expect(JOB_STATES).toContain(next.state);
          if (!['Pending', 'Running'].includes(job.state)) expect(next).toEqual(job);
          expect(next.attempt - job.attempt).toBeGreaterThanOrEqual(0);
          expect(next.attempt).toBeLessThanOrEqual(MAX_ATTEMPTS);
          expect(next.losses).toBeLessThanOrEqual(MAX_LOSSES);
          job = next;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

type Kept = Pick<JobStanding, 'state' | 'attempt' | 'losses'>;

function apply(job: Kept, event: JobEvent, transition: Transition): Kept {
  const losses = job.losses + (event.kind === 'lose-lease' ? 1 : 0);
  if (transition.kind === 'run') return { ...job, state: 'Running', attempt: transition.attempt };
  if (transition.kind === 'wait') return { ...job, state: 'Pending', losses };
  if (transition.kind === 'set-aside') return { ...job, state: 'Failed', losses };
  if (transition.kind === 'end') return { ...job, state: transition.state };
  return job;
}
