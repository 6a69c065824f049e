import { ExportManifest } from '@sluice/contracts';
import { exportKey, manifestKey } from '@sluice/object-store';
import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { AcceptedJob, Caller } from '../caller.js';
import { World } from '../world.js';
import { canaryOf, compareRows, TENANTS } from '../world-data.js';
import { Violation, violation } from './violation.js';

/** I2 and I9 for files. The rows of a file that was found good are not counted again; its bytes are. */
export class FileChecks {
  private readonly rowsAreRight = new Set<string>();

  async check(world: World): Promise<readonly Violation[]> {
    const found: Violation[] = [];
    for (const caller of Object.values(world.callers)) {
      for (const job of caller.accepted.values()) found.push(...(await this.checkJob(world, caller, job)));
    }
    return found;
  }

  private async checkJob(world: World, caller: Caller, job: AcceptedJob): Promise<readonly Violation[]> {
    const { state, result, expired } = await caller.job(job.jobId);
    if (state !== 'Succeeded')
      return result === null ? [] : [violation('I2', `job ${job.jobId}: ${state} with a file`)];
    if (result === null) return [violation('I2', `job ${job.jobId}: Succeeded without a file`)];
    // Canceled after its success: what must be gone is looked for in the store.
    if (expired !== (result.downloadUrl === null))
      return [violation('I2', `job ${job.jobId}: a link, though expired, or none`)];
    if (result.downloadUrl === null) return [];
    const answer = await fetch(result.downloadUrl);
    const file = await answer.arrayBuffer().then(Buffer.from, (error: unknown) => String(error));
    if (!answer.ok || typeof file === 'string') {
      return [
        violation(
          'I2',
          `job ${job.jobId}: no whole download: ${answer.status} ${String(file).slice(0, 300)}`,
        ),
      ];
    }
    const sha256 = createHash('sha256').update(file).digest('hex');
    const { manifest } = result;
    const right =
      manifest.sha256 === sha256 && manifest.bytes === file.length && result.rows === manifest.rows;
    return [
      ...(right ? [] : [violation('I2', `job ${job.jobId}: the file is not what its manifest says`)]),
      ...(await checkStored(world, job, manifest)),
      ...(await this.checkRows(world, job, manifest, file)),
      ...TENANTS.filter((other) => other !== job.tenant && file.includes(canaryOf(other))).map((other) =>
        violation('I9', `job ${job.jobId} of ${job.tenant} holds rows of ${other}`),
      ),
    ];
  }

  private async checkRows(
    world: World,
    job: AcceptedJob,
    manifest: ExportManifest,
    file: Buffer,
  ): Promise<readonly Violation[]> {
    const mark = `${job.jobId} ${manifest.sha256}`;
    if (this.rowsAreRight.has(mark)) return [];
    const difference = await compareRows(job, file, generationsOf(world)).catch((error: unknown) =>
      String(error),
    );
    if (difference !== null) return [violation('I2', `job ${job.jobId}: the file holds ${difference}`)];
    if (manifest.rows !== rowsWanted(job))
      return [violation('I2', `job ${job.jobId}: ${manifest.rows} rows in the manifest`)];
    this.rowsAreRight.add(mark);
    return [];
  }
}

/** Whatever data there were since the world began. */
function generationsOf({ generations }: World): readonly number[] {
  return Array.from({ length: generations }, (_, index) => index + 1);
}

function rowsWanted({ dataset }: AcceptedJob): number {
  return { big: 200_000, small: 1_000 }[dataset];
}

/** The manifest that lies beside the file is the one that the job tells. */
async function checkStored(
  world: World,
  job: AcceptedJob,
  manifest: ExportManifest,
): Promise<readonly Violation[]> {
  const store = await world.store.open();
  const [row] = await world.database.query<{ file_name: string }[]>(
    'select file_name from export_job where id = $1',
    [job.jobId],
  );
  const { jobId, tenant } = job;
  try {
    const key = exportKey({ tenant, jobId, attempt: manifest.attempt, name: row?.file_name ?? '' });
    const stored = JSON.parse(
      (await buffer(await store.read(manifestKey(key)))).toString(),
    ) as ExportManifest;
    const same =
      stored.sha256 === manifest.sha256 &&
      stored.attempt === manifest.attempt &&
      stored.rows === manifest.rows;
    return same ? [] : [violation('I2', `job ${jobId}: another manifest lies beside the file`)];
  } catch (error) {
    return [violation('I2', `job ${jobId}: no manifest beside the file: ${String(error)}`)];
  }
}
