import { BlockBlobClient, ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { Readable } from 'node:stream';
import { parseObjectKey } from '../object-key.js';
import { ByteRange } from '../object-store.js';
import { checkAnsweredRange } from '../remote/byte-range.js';
import { CallLimits, DEFAULT_LIMITS, TRIES } from '../remote/call-limits.js';
import { guardedBody } from '../remote/guarded-body.js';
import { withDeadline } from '../remote/with-deadline.js';
import { azureFault } from './azure-fault.js';

export interface AzureOptions {
  readonly account: string;
  /** Key of the account, base64. */
  readonly accountKey: string;
  readonly container: string;
  /** Address of the account; null for the one that Azure gives it. */
  readonly endpoint: string | null;
  readonly limits?: CallLimits;
}

/** Pauses between the tries of one call, in ms. */
const RETRY_MS = 200;
const MAX_RETRY_MS = 2_000;

/** One container, asked with deadlines. */
export class AzureConnection {
  readonly container: ContainerClient;
  readonly credential: StorageSharedKeyCredential;
  private readonly limits: CallLimits;

  constructor({ account, accountKey, container, endpoint, limits = DEFAULT_LIMITS }: AzureOptions) {
    this.limits = limits;
    this.credential = new StorageSharedKeyCredential(account, accountKey);
    const address = endpoint ?? `https://${account}.blob.core.windows.net`;
    this.container = new ContainerClient(`${address.replace(/\/$/, '')}/${container}`, this.credential, {
      retryOptions: {
        maxTries: TRIES,
        tryTimeoutInMs: limits.tryMs,
        retryDelayInMs: RETRY_MS,
        maxRetryDelayInMs: MAX_RETRY_MS,
      },
    });
  }

  /** Throws a RangeError for a key that is not valid. */
  blob(key: string): BlockBlobClient {
    return this.container.getBlockBlobClient(parseObjectKey(key).join('/'));
  }

  /** @throws SluiceError `unavailable` or `internal`; the reason of `signal` when it fired */
  call<T>(work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return withDeadline({ deadlineMs: this.limits.callMs, signal, toFault: azureFault }, work);
  }

  /** The body of an answer, as whoever reads it may have it. `contentRange` is what the answer says of `range`. */
  body(body: Readable, bytes: number, range?: ByteRange, contentRange?: string): Readable {
    try {
      if (range !== undefined) checkAnsweredRange(range, { bytes, contentRange });
    } catch (error) {
      body.destroy();
      throw error;
    }
    return guardedBody(body, { bytes, stalledMs: this.limits.tryMs, toFault: azureFault });
  }
}
