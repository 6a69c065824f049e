import { S3Client } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { ByteRange } from '../object-store.js';
import { checkAnsweredRange } from '../remote/byte-range.js';
import { CallLimits, CONNECT_MS, DEFAULT_LIMITS, MAX_SOCKETS, TRIES } from '../remote/call-limits.js';
import { guardedBody } from '../remote/guarded-body.js';
import { withDeadline } from '../remote/with-deadline.js';
import { s3Fault } from './s3-fault.js';

/** How S3 encrypts what it keeps: with its own key, with one of the key service, or as the bucket says. */
export type S3Encryption =
  | { readonly kind: 'aes256' }
  | { readonly kind: 'kms'; readonly keyId: string | null }
  | { readonly kind: 'bucket' };

export interface S3Options {
  readonly bucket: string;
  readonly region: string;
  /** Address of a store that speaks S3; null for S3 itself. */
  readonly endpoint: string | null;
  /** Puts the bucket into the path of an address, as many other stores than S3 need it. */
  readonly pathStyle: boolean;
  /** Null takes them from where the client finds them: environment, profile, role of the machine or pod. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null;
  readonly encryption: S3Encryption;
  readonly limits?: CallLimits;
}

/** One bucket, asked with deadlines. */
export class S3Connection {
  readonly client: S3Client;
  readonly bucket: string;
  readonly encryption: S3Encryption;
  private readonly limits: CallLimits;

  constructor({ limits = DEFAULT_LIMITS, bucket, encryption, ...options }: S3Options) {
    this.bucket = bucket;
    this.encryption = encryption;
    this.limits = limits;
    this.client = new S3Client({
      region: options.region,
      ...(options.endpoint !== null && { endpoint: options.endpoint }),
      ...(options.credentials !== null && { credentials: options.credentials }),
      forcePathStyle: options.pathStyle,
      maxAttempts: TRIES,
      requestHandler: {
        connectionTimeout: Math.min(CONNECT_MS, limits.tryMs),
        requestTimeout: limits.tryMs,
        throwOnRequestTimeout: true,
        httpAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
        httpsAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
      },
    });
  }

  /** @throws SluiceError `unavailable` or `internal`; the reason of `signal` when it fired */
  call<T>(work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return withDeadline({ deadlineMs: this.limits.callMs, signal, toFault: s3Fault }, work);
  }

  /** The body of an answer, as whoever reads it may have it. `contentRange` is what the answer says of `range`. */
  body(body: Readable, bytes: number, range?: ByteRange, contentRange?: string): Readable {
    try {
      if (range !== undefined) checkAnsweredRange(range, { bytes, contentRange });
    } catch (error) {
      body.destroy();
      throw error;
    }
    return guardedBody(body, { bytes, stalledMs: this.limits.tryMs, toFault: s3Fault });
  }

  close(): void {
    this.client.destroy();
  }
}
