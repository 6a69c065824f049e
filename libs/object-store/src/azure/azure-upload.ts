import { BlockBlobClient } from '@azure/storage-blob';
import { SluiceError } from '@sluice/contracts';
import { randomUUID } from 'node:crypto';
import { Part } from '../remote/part-cutter.js';
import { PartUpload } from '../remote/stage-upload.js';
import { AzureConnection } from './azure-connection.js';
import { dropBlocks } from './drop-blocks.js';
import { isWhole, STAGE } from './whole-blob.js';

/** Blocks of a blob that is not there yet; the list of them makes it, all at once. */
export class AzureUpload implements PartUpload {
  private readonly stage = randomUUID();
  private readonly ids: string[] = [];
  private readonly blob: BlockBlobClient;
  private begun = false;

  constructor(
    private readonly azure: AzureConnection,
    key: string,
  ) {
    this.blob = azure.blob(key);
  }

  async send({ index, bytes }: Part, signal: AbortSignal): Promise<void> {
    // Ids must be equally long; the stage keeps those of two uploads to one name apart.
    const id = Buffer.from(`${this.stage}-${String(index).padStart(5, '0')}`).toString('base64');
    // A block cannot be empty; an empty file is a list of none.
    if (bytes.length === 0) return;
    this.begun = true;
    await this.azure.call(
      (abortSignal) => this.blob.stageBlock(id, bytes, bytes.length, { abortSignal }),
      signal,
    );
    this.ids[index] = id;
  }

  async complete(bytes: number): Promise<void> {
    const options = {
      conditions: { ifNoneMatch: '*' },
      metadata: { [STAGE]: this.stage },
      blobHTTPHeaders: { blobContentType: 'application/octet-stream' },
    };
    try {
      await this.azure.call((abortSignal) =>
        this.blob.commitBlockList(this.ids, { ...options, abortSignal }),
      );
    } catch (error) {
      // The store may have done it, and only its answer was lost; a second try then finds a blob in its way.
      if (!(await this.isThere(bytes))) throw error;
    }
  }

  async abort(): Promise<void> {
    if (this.begun) await this.azure.call((abortSignal) => dropBlocks(this.blob, abortSignal));
  }

  private async isThere(bytes: number): Promise<boolean> {
    try {
      const found = await this.azure.call((abortSignal) => this.blob.getProperties({ abortSignal }));
      return isWhole(found) && found.metadata?.[STAGE] === this.stage && found.contentLength === bytes;
    } catch (error) {
      if (error instanceof SluiceError && error.code === 'export-not-found') return false;
      throw error;
    }
  }
}
