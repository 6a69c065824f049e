import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { SluiceError, type JobState, type ListPosition, type Principal } from '@sluice/contracts';
import { deriveKey } from '@sluice/service-kit';

const VERSION = Buffer.of(1);
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** How long a walk may pause between two pages. */
const GOOD_MS = 24 * 60 * 60 * 1_000;

/** Whose list it is, and of what. */
export interface ListedFor {
  readonly principal: Principal;
  readonly state: JobState | null;
}

type Content = readonly [expires: number, createdAt: string, jobId: string];

/**
 * Seals where a list of exports goes on (AES-256-GCM, base64url), for the caller, the roles and the filter that it was made for alone: all
 * these are authenticated with it, so a cursor that was changed or borrowed does not open.
 */
export class ListCursors {
  private readonly key: Buffer;

  constructor(
    secret: string,
    private readonly now: () => number = Date.now,
  ) {
    this.key = deriveKey(secret, 'list-cursor');
  }

  seal({ createdAt, jobId }: ListPosition, listed: ListedFor): string {
    const content: Content = [this.now() + GOOD_MS, createdAt, jobId];
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(boundTo(listed));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final()]);
    return Buffer.concat([VERSION, nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** @throws SluiceError `invalid-cursor` */
  open(cursor: string, listed: ListedFor): ListPosition {
    const [expires, createdAt, jobId] = this.contentOf(cursor, listed);
    if (expires <= this.now())
      throw refused('The cursor is older than 24 hours: list from the first page again.');
    return { createdAt, jobId };
  }

  private contentOf(cursor: string, listed: ListedFor): Content {
    const bytes = Buffer.from(cursor, 'base64url');
    // Decoding is lenient; only one spelling of a cursor is taken.
    const ours = bytes.toString('base64url') === cursor && bytes.length > 1 + NONCE_BYTES + TAG_BYTES;
    if (!ours || bytes[0] !== VERSION[0]) throw refused();
    const [nonce, tag, sealed] = [
      bytes.subarray(1, 1 + NONCE_BYTES),
      bytes.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES),
      bytes.subarray(1 + NONCE_BYTES + TAG_BYTES),
    ];
    const decipher = createDecipheriv('aes-256-gcm', this.key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(boundTo(listed)).setAuthTag(tag);
    try {
      return JSON.parse(
        Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8'),
      ) as Content;
    } catch (cause) {
      throw refused(undefined, cause);
    }
  }
}

function boundTo({ principal, state }: ListedFor): Buffer {
  const { clientId, subject, tenants, roles } = principal;
  const bound = JSON.stringify([clientId, subject, [...tenants].sort(), [...roles].sort(), state]);
  return createHash('sha256').update(VERSION).update(bound).digest();
}

function refused(message = 'The cursor was not made for this list.', cause?: unknown): SluiceError {
  return new SluiceError('invalid-cursor', message, {}, { cause });
}
