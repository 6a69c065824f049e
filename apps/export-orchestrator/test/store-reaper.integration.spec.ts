import { ExportJob } from '@sluice/contracts';
import { exportKey } from '@sluice/object-store';
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { body, caller, eventually, OrchestratorHarness } from './orchestrator-harness.js';

const exporter = caller('ca-exporter', 'CA');
const HOUR_MS = 3_600_000;

/** Two orchestrators walk through one store, over and over. Files of jobs that the tidier no longer looks after. */
describe('the reaper of the store', () => {
  let harness: OrchestratorHarness;

  beforeAll(async () => {
    harness = await OrchestratorHarness.create();
    const settings = { reapEveryMs: 50, reapAfterMs: HOUR_MS };
    await harness.start(settings);
    await harness.start(settings, false);
  });

  afterEach(() => harness.endAll());
  afterAll(() => harness.close());

  const stage = (key: string) =>
    harness.store.stage(key, Readable.from([Buffer.from('a')]), AbortSignal.timeout(60_000));
  const orphanKey = (jobId: string, attempt = 1) =>
    exportKey({ tenant: 'CA', jobId, attempt, name: `flights-${jobId}.csv` });
  const keys = async (): Promise<readonly string[]> =>
    (await harness.store.list('', null)).objects.map(({ key }) => key);
  /** Several walks of both. */
  const walked = () => sleep(500);
  const submitted = async (query: string): Promise<ExportJob> =>
    (await harness.submit(exporter, body(query))).job;

  it('removes what a killed worker staged or showed and no job has, and nothing that is young', async () => {
    const [gone, young] = [orphanKey(randomUUID()), orphanKey(randomUUID())];
    await (await stage(gone)).publish();
    const abandoned = await stage(orphanKey(randomUUID()));
    await harness.ageFiles(2 * HOUR_MS);
    await (await stage(young)).publish();
    const uploading = await stage(orphanKey(randomUUID()));
    await eventually(async () => !(await keys()).includes(gone));
    expect(await keys()).toContain(young);
    await eventually(async () => (await harness.stagedFiles()) === 1);
    await expect(abandoned.publish()).rejects.toThrow();
    await uploading.publish();
    await walked();
    expect(await keys()).toEqual(expect.arrayContaining([young, uploading.key]));
    await harness.ageFiles(2 * HOUR_MS);
    await eventually(async () => (await keys()).length === 0);
  });

  it('keeps the file of a job, and that of an attempt that may still be told of', async () => {
    const done = await harness.complete(exporter, 'done');
    const [running, lost] = [await submitted('running'), await submitted('lost')];
    await harness.claim(running.jobId);
    const finished = await harness.publishFile(running, 1);
    await harness.claim(lost.jobId);
    await harness.publishFile(lost, 1);
    await harness.dataSource.query(
      `update export_job set state = 'Pending', lease_expires_at = null where id = $1`,
      [lost.jobId],
    );
    await harness.ageFiles(2 * HOUR_MS);
    await walked();
    for (const job of [done, running, lost]) expect(await harness.hasFile(job, 1)).toBe(true);
    await harness.finish(finished);
    expect((await harness.get(exporter, running.jobId)).state).toBe('Succeeded');
    await harness.ageFiles(2 * HOUR_MS);
    await walked();
    expect(await harness.hasFile(running, 1)).toBe(true);
    expect((await keys()).filter((key) => key.endsWith('.manifest.json'))).toHaveLength(3);
  });

  it('removes what lies beside the file of a job: another attempt, another name, an ended job without a file', async () => {
    const done = await harness.complete(exporter, 'beside');
    const failed = await submitted('failed');
    await harness.claim(failed.jobId);
    await harness.fail(failed.jobId, 1, false);
    await harness.dataSource.query(`update export_job set tidy_at = null where id = any($1)`, [
      [done.jobId, failed.jobId],
    ]);
    await harness.publishFile(done, 2);
    await harness.publishFile(failed, 1);
    const other = exportKey({ tenant: 'CA', jobId: done.jobId, attempt: 1, name: 'other.csv' });
    await (await stage(other)).publish();
    await harness.ageFiles(2 * HOUR_MS);
    await eventually(async () => !(await harness.hasFile(done, 2)) && !(await harness.hasFile(failed, 1)));
    await eventually(async () => !(await keys()).includes(other));
    expect(await harness.hasFile(done, 1)).toBe(true);
  });

  it('leaves what is not of an export alone', async () => {
    const foreign = await stage('CA/notes/1/readme.txt');
    await foreign.publish();
    await harness.ageFiles(2 * HOUR_MS);
    await walked();
    expect(await keys()).toContain(foreign.key);
  });
});
