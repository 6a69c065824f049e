import { canonicalJson, ClaimedJob, exportFileName, SignedManifest, SluiceError } from '@sluice/contracts';
import { exportKey, manifestKey, ObjectStore, StagedObject } from '@sluice/object-store';
import { passFailpoint } from '@sluice/service-kit';
import { Readable } from 'node:stream';

/** The file of one attempt and the manifest beside it: both staged first, then shown, or both gone. */
export class ExportFiles {
  readonly fileName: string;
  readonly key: string;
  private readonly staged: StagedObject[] = [];
  private shown = false;

  constructor(
    private readonly store: ObjectStore,
    { jobId, attempt, principal, spec }: ClaimedJob,
    dataset: string,
  ) {
    this.fileName = exportFileName(dataset, jobId, spec);
    this.key = exportKey({ tenant: principal.tenants[0], jobId, attempt, name: this.fileName });
  }

  async stageFile(source: Readable, signal: AbortSignal): Promise<StagedObject> {
    return this.stage(this.key, source, signal);
  }

  async stageManifest(manifest: SignedManifest, signal: AbortSignal): Promise<void> {
    const source = Readable.from([Buffer.from(canonicalJson(manifest))]);
    await this.stage(manifestKey(this.key), source, signal);
  }

  async publish(): Promise<void> {
    if (this.staged.length !== 2) throw new SluiceError('export-incomplete', 'A file needs its manifest.');
    this.shown = true;
    for (const object of this.staged) {
      await object.publish();
      passFailpoint('worker.file-shown');
    }
  }

  /** Leaves nothing of the attempt in the store. */
  async remove(): Promise<void> {
    for (const object of this.staged) await object.discard();
    if (!this.shown) return;
    await this.store.delete(this.key);
    await this.store.delete(manifestKey(this.key));
  }

  private async stage(key: string, source: Readable, signal: AbortSignal): Promise<StagedObject> {
    const object = await this.store.stage(key, source, signal);
    this.staged.push(object);
    return object;
  }
}
