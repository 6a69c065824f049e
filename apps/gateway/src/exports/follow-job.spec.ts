import { SluiceError, type ExportJob } from '@sluice/contracts';
import { followJob } from './follow-job.js';
import { jobVersion } from './job-answer.js';

const pending: ExportJob = {
  jobId: 'j',
  tenant: 'CA',
  state: 'Pending',
  format: 'csv',
  compression: null,
  progress: { percent: 0, rowsDone: 0, rowsExpected: null },
  attempt: 0,
  queuePosition: 1,
  createdAt: '2026-11-23T12:00:00.000Z',
  startedAt: null,
  finishedAt: null,
  error: null,
  result: null,
  expired: false,
};
const running: ExportJob = { ...pending, state: 'Running', attempt: 1 };
const failed: ExportJob = { ...running, state: 'Failed' };

/** Follows a job whose further looks are these; the last one is repeated. */
async function follow(
  looks: readonly (ExportJob | SluiceError)[],
  heartbeatMs = 60_000,
  seen: string | null = null,
) {
  const written: string[] = [];
  let at = 0;
  await followJob(pending, seen, {
    look: () => {
      const next = looks[Math.min(at++, looks.length - 1)] ?? pending;
      return next instanceof SluiceError ? Promise.reject(next) : Promise.resolve(next);
    },
    text: ({ state }) => state,
    write: (event) => written.push(event),
    signal: AbortSignal.timeout(45_000),
    everyMs: 1,
    heartbeatMs,
  });
  return written;
}

const event = (job: ExportJob): string => `id: ${jobVersion(job)}\nevent: job\ndata: ${job.state}\n\n`;
const away = new SluiceError('unavailable', 'Away.');

describe('followJob', () => {
  it('writes an event for each change, and ends with the job', async () => {
    expect(await follow([pending, running, running, failed])).toEqual([
      'retry: 3000\n\n',
      event(pending),
      event(running),
      event(failed),
    ]);
  });

  it('leaves out what the reader has seen', async () => {
    expect(await follow([failed], 60_000, jobVersion(pending))).toEqual(['retry: 3000\n\n', event(failed)]);
  });

  it('keeps the connection alive while nothing moves', async () => {
    const written = await follow([pending, pending, pending, failed], 0);
    expect(written).toContain(': waiting\n\n');
  });

  it('waits for a service that is away, but not for ever', async () => {
    expect(await follow([away, away, failed])).toEqual(['retry: 3000\n\n', event(pending), event(failed)]);
    expect(await follow([away])).toEqual(['retry: 3000\n\n', event(pending)]);
  });

  it('tells why it ends when the job may no longer be seen', async () => {
    const ended = new SluiceError('unauthenticated', 'The token is not valid, or no longer.');
    expect((await follow([running, ended])).at(-1)).toBe(
      `event: problem\ndata: {"code":"unauthenticated","detail":"The token is not valid, or no longer."}\n\n`,
    );
  });
});
