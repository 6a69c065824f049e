import { RunningApp } from '@sluice/service-kit';
import { CuttableLine } from './cuttable-line.js';
import { body, caller, eventually, OrchestratorHarness } from './orchestrator-harness.js';

const exporter = caller('ca-exporter', 'CA');

describe('while Postgres is away', () => {
  let harness: OrchestratorHarness;
  let app: RunningApp;
  let line: CuttableLine;

  beforeAll(async () => {
    harness = await OrchestratorHarness.create(async (url) => {
      line = new CuttableLine(new URL(url));
      const detour = new URL(url);
      detour.host = `127.0.0.1:${String(await line.open())}`;
      return detour.href;
    });
    app = await harness.start();
  });

  afterAll(async () => {
    await harness.close();
    await line.cut();
  });

  it('says so, refuses for now, and goes on when it is back', async () => {
    expect(await app.notReady()).toEqual([]);
    await line.cut();
    expect(await app.notReady()).toEqual(['postgres']);
    const away = { code: 'unavailable', details: { retryAfter: 2 } };
    await expect(harness.submit(exporter, body('a'))).rejects.toMatchObject(away);
    expect(harness.records.at(-1)).toMatchObject({ status: 503, code: 'unavailable' });
    await line.open();
    expect(await app.notReady()).toEqual([]);
    const { job } = await harness.submit(exporter, body('a'));
    await eventually(() => harness.woken.includes(job.jobId));
  });
});
