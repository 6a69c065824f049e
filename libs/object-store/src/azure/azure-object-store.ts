import { BlobSASPermissions, generateBlobSASQueryParameters, SASProtocol } from '@azure/storage-blob';
import { Readable } from 'node:stream';
import { folderPrefix } from '../object-key.js';
import {
  ByteRange,
  LINK_SECONDS,
  LinkedFile,
  LinkingObjectStore,
  ObjectInventory,
  ObjectPage,
  PROBE_FOLDER,
  ProbedStore,
  StagedObject,
} from '../object-store.js';
import { checkRange } from '../remote/byte-range.js';
import { stageUpload } from '../remote/stage-upload.js';
import { notFound } from '../remote/store-fault.js';
import { AzureConnection, AzureOptions } from './azure-connection.js';
import { AzureUpload } from './azure-upload.js';
import { blobPage, removeUncommitted } from './blob-pages.js';
import { isWhole } from './whole-blob.js';

export interface AzureStoreOptions extends AzureOptions {
  /** Told when an upload that failed could not be given up. For the log. */
  readonly onLeftover: (error: unknown, key: string) => void;
}

/** Keeps files as block blobs in a container of Azure Storage, which encrypts all that it keeps. */
export class AzureObjectStore implements LinkingObjectStore, ObjectInventory, ProbedStore {
  private readonly azure: AzureConnection;

  constructor(private readonly options: AzureStoreOptions) {
    this.azure = new AzureConnection(options);
  }

  stage(key: string, source: Readable, signal: AbortSignal): Promise<StagedObject> {
    const open = async (): Promise<AzureUpload> => new AzureUpload(this.azure, key);
    return stageUpload({ key, source, signal, open, onLeftover: this.options.onLeftover });
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const blob = this.azure.blob(key);
    if (range !== undefined) checkRange(range);
    const count = range === undefined ? undefined : range.end - range.start + 1;
    // A stream that breaks is told at once: a reader that must go on asks for the rest itself.
    const options = { maxRetryRequests: 0 };
    const got = await this.azure.call((abortSignal) =>
      blob.download(range?.start ?? 0, count, { ...options, abortSignal }),
    );
    const body = got.readableStreamBody as Readable;
    if (isWhole(got)) return this.azure.body(body, got.contentLength ?? 0, range, got.contentRange);
    body.destroy();
    throw notFound();
  }

  async delete(key: string): Promise<void> {
    const blob = this.azure.blob(key);
    await this.azure.call((abortSignal) => blob.deleteIfExists({ abortSignal, deleteSnapshots: 'include' }));
  }

  async link(key: string, { disposition, contentType }: LinkedFile): Promise<URL> {
    const blob = this.azure.blob(key);
    if (!isWhole(await this.azure.call((abortSignal) => blob.getProperties({ abortSignal }))))
      throw notFound();
    const token = generateBlobSASQueryParameters(
      {
        containerName: blob.containerName,
        blobName: blob.name,
        permissions: BlobSASPermissions.parse('r'),
        expiresOn: new Date(Date.now() + LINK_SECONDS * 1_000),
        protocol: blob.url.startsWith('https:') ? SASProtocol.Https : SASProtocol.HttpsAndHttp,
        contentDisposition: disposition,
        contentType,
        cacheControl: 'private, no-store',
      },
      this.azure.credential,
    );
    return new URL(`${blob.url}?${token.toString()}`);
  }

  async probe(): Promise<void> {
    await this.list(PROBE_FOLDER, null);
  }

  async list(folder: string, from: string | null): Promise<ObjectPage> {
    const { blobs, next } = await blobPage(this.azure, {
      prefix: folderPrefix(folder),
      from,
      uncommitted: false,
    });
    const objects = blobs.filter(isWhole).map(({ name, properties }) => ({
      key: name,
      bytes: properties.contentLength ?? 0,
      modifiedAt: properties.lastModified,
    }));
    return { objects, next };
  }

  removeStaged(olderThanMs: number): Promise<number> {
    return removeUncommitted(this.azure, Date.now() - olderThanMs);
  }
}
