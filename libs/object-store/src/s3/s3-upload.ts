import {
  AbortMultipartUploadCommand,
  AbortMultipartUploadCommandInput,
  CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  CreateMultipartUploadCommandInput,
  HeadObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { SluiceError } from '@sluice/contracts';
import { randomUUID } from 'node:crypto';
import { Part } from '../remote/part-cutter.js';
import { PartUpload } from '../remote/stage-upload.js';
import { S3Connection, S3Encryption } from './s3-connection.js';
import { isUploadGone } from './s3-fault.js';

/** Tells, in a file's metadata, which upload made it. */
const STAGE = 'sluice-stage';

/** A multipart upload. S3 shows nothing of it before it is completed, and then all of it at once. */
export class S3Upload implements PartUpload {
  private readonly parts: CompletedPart[] = [];

  private constructor(
    private readonly s3: S3Connection,
    private readonly target: { readonly Bucket: string; readonly Key: string; readonly UploadId: string },
    private readonly stage: string,
  ) {}

  static async open(s3: S3Connection, key: string, signal: AbortSignal): Promise<S3Upload> {
    const stage = randomUUID();
    const begin = new CreateMultipartUploadCommand({
      Bucket: s3.bucket,
      Key: key,
      Metadata: { [STAGE]: stage },
      ContentType: 'application/octet-stream',
      ChecksumAlgorithm: 'CRC32',
      ...encryptionHeaders(s3.encryption),
    });
    const { UploadId } = await s3.call((abortSignal) => s3.client.send(begin, { abortSignal }), signal);
    if (UploadId === undefined) throw new SluiceError('unavailable', 'The store began no upload.');
    return new S3Upload(s3, { Bucket: s3.bucket, Key: key, UploadId }, stage);
  }

  async send({ index, bytes }: Part, signal: AbortSignal): Promise<void> {
    const PartNumber = index + 1;
    const command = new UploadPartCommand({
      ...this.target,
      PartNumber,
      Body: bytes,
      ChecksumAlgorithm: 'CRC32',
    });
    const sent = await this.s3.call((abortSignal) => this.s3.client.send(command, { abortSignal }), signal);
    const { ETag, ChecksumCRC32 } = sent;
    this.parts[index] = { PartNumber, ETag, ...(ChecksumCRC32 !== undefined && { ChecksumCRC32 }) };
  }

  async complete(bytes: number): Promise<void> {
    const command = new CompleteMultipartUploadCommand({
      ...this.target,
      MultipartUpload: { Parts: this.parts },
      IfNoneMatch: '*',
    });
    try {
      await this.s3.call((abortSignal) => this.s3.client.send(command, { abortSignal }));
    } catch (error) {
      // The store may have done it, and only its answer was lost; a second try then finds no upload, or a file in its way.
      if (!(await this.isThere(bytes))) throw error;
    }
  }

  async abort(): Promise<void> {
    await abortUpload(this.s3, this.target);
  }

  private async isThere(bytes: number): Promise<boolean> {
    const { Bucket, Key } = this.target;
    const command = new HeadObjectCommand({ Bucket, Key });
    try {
      const head = await this.s3.call((abortSignal) => this.s3.client.send(command, { abortSignal }));
      return head.Metadata?.[STAGE] === this.stage && head.ContentLength === bytes;
    } catch (error) {
      if (error instanceof SluiceError && error.code === 'export-not-found') return false;
      throw error;
    }
  }
}

function encryptionHeaders(
  encryption: S3Encryption,
): Pick<CreateMultipartUploadCommandInput, 'ServerSideEncryption' | 'SSEKMSKeyId'> {
  switch (encryption.kind) {
    case 'aes256':
      return { ServerSideEncryption: 'AES256' };
    case 'kms':
      return {
        ServerSideEncryption: 'aws:kms',
        ...(encryption.keyId !== null && { SSEKMSKeyId: encryption.keyId }),
      };
    case 'bucket':
      return {};
  }
}

/** Gives up an upload; harmless when it is gone, completed or given up by another. */
export async function abortUpload(s3: S3Connection, upload: AbortMultipartUploadCommandInput): Promise<void> {
  const command = new AbortMultipartUploadCommand(upload);
  await s3.call(async (abortSignal) => {
    try {
      await s3.client.send(command, { abortSignal });
    } catch (error) {
      if (!isUploadGone(error)) throw error;
    }
  });
}
