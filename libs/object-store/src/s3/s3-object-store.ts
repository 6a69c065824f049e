import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Readable } from 'node:stream';
import { folderPrefix, parseObjectKey } from '../object-key.js';
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
import { PAGE } from '../remote/call-limits.js';
import { stageUpload } from '../remote/stage-upload.js';
import { S3Connection, S3Options } from './s3-connection.js';
import { abortUpload, S3Upload } from './s3-upload.js';

export interface S3StoreOptions extends S3Options {
  /** Told when an upload that failed could not be given up. For the log. */
  readonly onLeftover: (error: unknown, key: string) => void;
}

/** Keeps files in a bucket of S3, or of a store that speaks its language. */
export class S3ObjectStore implements LinkingObjectStore, ObjectInventory, ProbedStore {
  private readonly s3: S3Connection;

  constructor(private readonly options: S3StoreOptions) {
    this.s3 = new S3Connection(options);
  }

  stage(key: string, source: Readable, signal: AbortSignal): Promise<StagedObject> {
    const open = (opening: AbortSignal): Promise<S3Upload> => S3Upload.open(this.s3, key, opening);
    return stageUpload({ key, source, signal, open, onLeftover: this.options.onLeftover });
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const Key = checkedKey(key);
    if (range !== undefined) checkRange(range);
    const command = new GetObjectCommand({
      Bucket: this.s3.bucket,
      Key,
      ...(range !== undefined && { Range: `bytes=${String(range.start)}-${String(range.end)}` }),
    });
    const got = await this.s3.call((abortSignal) => this.s3.client.send(command, { abortSignal }));
    return this.s3.body(got.Body as Readable, got.ContentLength ?? 0, range, got.ContentRange);
  }

  async delete(key: string): Promise<void> {
    const command = new DeleteObjectCommand({ Bucket: this.s3.bucket, Key: checkedKey(key) });
    await this.s3.call((abortSignal) => this.s3.client.send(command, { abortSignal }));
  }

  async link(key: string, { disposition, contentType }: LinkedFile): Promise<URL> {
    const target = { Bucket: this.s3.bucket, Key: checkedKey(key) };
    // Else the caller would meet the store's own page about a file that is not there.
    await this.s3.call((abortSignal) => this.s3.client.send(new HeadObjectCommand(target), { abortSignal }));
    const command = new GetObjectCommand({
      ...target,
      ResponseContentDisposition: disposition,
      ResponseContentType: contentType,
      ResponseCacheControl: 'private, no-store',
    });
    const signing = this.s3.call(() => getSignedUrl(this.s3.client, command, { expiresIn: LINK_SECONDS }));
    return new URL(await signing);
  }

  async probe(): Promise<void> {
    await this.list(PROBE_FOLDER, null);
  }

  async list(folder: string, from: string | null): Promise<ObjectPage> {
    const command = new ListObjectsV2Command({
      Bucket: this.s3.bucket,
      Prefix: folderPrefix(folder),
      MaxKeys: PAGE,
      ...(from !== null && { ContinuationToken: from }),
    });
    const page = await this.s3.call((abortSignal) => this.s3.client.send(command, { abortSignal }));
    const objects = (page.Contents ?? []).map(({ Key = '', Size = 0, LastModified = new Date() }) => ({
      key: Key,
      bytes: Size,
      modifiedAt: LastModified,
    }));
    return { objects, next: page.NextContinuationToken ?? null };
  }

  /** Gives up uploads by the time they began: S3 does not say when their last part came. */
  async removeStaged(olderThanMs: number): Promise<number> {
    const Bucket = this.s3.bucket;
    const listing = new ListMultipartUploadsCommand({ Bucket, MaxUploads: PAGE });
    const { Uploads = [] } = await this.s3.call((abortSignal) =>
      this.s3.client.send(listing, { abortSignal }),
    );
    const before = Date.now() - olderThanMs;
    const stale = Uploads.filter(({ Initiated }) => Initiated !== undefined && Initiated.getTime() <= before);
    for (const { Key, UploadId } of stale) await abortUpload(this.s3, { Bucket, Key, UploadId });
    return stale.length;
  }

  close(): void {
    this.s3.close();
  }
}

function checkedKey(key: string): string {
  return parseObjectKey(key).join('/');
}
