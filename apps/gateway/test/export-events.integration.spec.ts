import {
  exportGet,
  exportList,
  SluiceError,
  type ExportJob,
  type JobRequest,
  type ListExports,
} from '@sluice/contracts';
import { startHarness, type Harness } from './gateway-harness.js';
import { JOB_ID, pendingJob, succeededJob } from './sample-answers.js';

/** By which clocks may differ. */
const TOLERANCE_S = 30;
const EVENTS = `/api/v1/exports/${JOB_ID}/events`;
const runningJob: ExportJob = { ...pendingJob, state: 'Running', queuePosition: null };

interface ListBody {
  readonly jobs: readonly { readonly result: { readonly downloadUrl: string | null } | null }[];
  readonly page: { readonly next: string | null; readonly hasMore: boolean; readonly returned: number };
}

describe('following an export', () => {
  let harness: Harness;
  beforeEach(async () => (harness = await startHarness()));
  afterEach(() => harness.stop());

  it('tells each change until the job is over, and records the first look only', async () => {
    const looks = [pendingJob, runningJob, runningJob, succeededJob];
    let at = 0;
    harness.bus.on(exportGet, () => looks[Math.min(at++, 3)] ?? succeededJob);
    const answer = await harness.ask(EVENTS);
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
    const events = (await answer.text()).split('\n\n');
    const states = events.flatMap((event) => /"state":"(\w+)"/.exec(event)?.[1] ?? []);
    expect(states).toEqual(['Pending', 'Running', 'Succeeded']);
    expect(events[0]).toBe('retry: 3000');
    expect(events.at(-2)).toContain('"downloadUrl":"http://sluice.test/api/v1/exports/');
    expect(harness.bus.asked.map(({ message }) => (message as JobRequest).again ?? false)).toEqual([
      false,
      true,
      true,
      true,
    ]);
    const id = /^id: (.*)$/m.exec(events.at(-2) ?? '')?.[1] ?? '';
    expect((await harness.ask(EVENTS, { headers: { 'last-event-id': id } })).status).toBe(204);
    expect(await (await harness.ask(EVENTS, { method: 'HEAD' })).text()).toBe('');
  });

  it('refuses as a look does, before anything streams', async () => {
    harness.bus.on(exportGet, () => {
      throw new SluiceError('export-not-found', 'There is no such export.');
    });
    const answer = await harness.ask(EVENTS);
    expect(await answer.json()).toMatchObject({ status: 404, code: 'export-not-found' });
    expect((await harness.ask(EVENTS, { role: null })).status).toBe(401);
  });

  it('bounds the streams of a client, and a reader that leaves gives its place back', async () => {
    harness.bus.on(exportGet, () => runningJob);
    const readers = Array.from({ length: 10 }, () => new AbortController());
    for (const { signal } of readers) expect((await harness.ask(EVENTS, { signal })).status).toBe(200);
    const refused = await harness.ask(EVENTS);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await refused.json()).toMatchObject({
      status: 429,
      limit: { name: 'eventStreamsPerClient', value: 10 },
    });
    for (const reader of readers) reader.abort();
    let status = 429;
    for (const end = Date.now() + 30_000; status === 429 && Date.now() < end;) {
      const reader = new AbortController();
      ({ status } = await harness.ask(EVENTS, { signal: reader.signal }));
      reader.abort();
    }
    expect(status).toBe(200);
  });

  it('ends when the gateway drains, without being cut', async () => {
    harness.bus.on(exportGet, () => runningJob);
    const answer = await harness.ask(EVENTS);
    // What is cut when the grace is over is no whole answer: reading it would fail.
    const [text] = await Promise.all([answer.text(), harness.gateway.close(50_000)]);
    expect(text).toContain('"state":"Running"');
  });

  it('ends with the token', async () => {
    harness.bus.on(exportGet, () => runningJob);
    // Good for three seconds more, or longer where a busy machine needs that to look at it in time.
    const asked = async (seconds: number): Promise<Response> => {
      const exp = Math.floor(Date.now() / 1_000) + seconds - TOLERANCE_S;
      const token = await harness.issuer.token({ roles: ['exporter'], exp });
      return harness.ask(EVENTS, { headers: { authorization: `Bearer ${token}` } });
    };
    let answer = await asked(3);
    for (let seconds = 6; answer.status === 401 && seconds < 30; seconds *= 2) answer = await asked(seconds);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toMatch(/event: problem\ndata: {"code":"unauthenticated"/);
  });
});

describe('listing exports', () => {
  let harness: Harness;
  beforeAll(async () => (harness = await startHarness()));
  afterAll(() => harness.stop());

  const next = { createdAt: '2026-11-23 12:00:00.123456+00', jobId: JOB_ID };

  it('goes from page to page by a sealed cursor, and shows links of files that are there', async () => {
    const jobs = [succeededJob, { ...succeededJob, expired: true }, pendingJob];
    harness.bus.on(exportList, ({ after }) => ({ jobs, next: after === null ? next : null }));
    const first = (await (await harness.ask('/api/v1/exports?limit=3&state=Succeeded')).json()) as ListBody;
    expect(first.page).toMatchObject({ limit: 3, returned: 3, hasMore: true });
    expect(first.jobs.map(({ result }) => typeof result?.downloadUrl)).toEqual([
      'string',
      'object',
      'undefined',
    ]);
    const path = `/api/v1/exports?limit=3&after=${first.page.next ?? ''}`;
    const second = (await (await harness.ask(`${path}&state=Succeeded`)).json()) as ListBody;
    expect(second.page).toMatchObject({ hasMore: false, next: null });
    expect(harness.bus.asked.at(-1)?.message as ListExports).toMatchObject({
      state: 'Succeeded',
      limit: 3,
      after: next,
    });
    for (const [borrowed, role] of [
      [path, 'exporter'],
      [`${path}&state=Succeeded`, 'admin'],
    ] as const) {
      expect(await (await harness.ask(borrowed, { role })).json()).toMatchObject({ code: 'invalid-cursor' });
    }
  });
});
