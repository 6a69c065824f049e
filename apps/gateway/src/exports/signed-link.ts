import { createHmac, timingSafeEqual } from 'node:crypto';
import { SluiceError } from '@sluice/contracts';
import { deriveKey } from '@sluice/service-kit';

/** How long a link is good, in ms (SPEC X3). */
export const LINK_MS = 24 * 60 * 60 * 1_000;
const PARAMETERS = ['tenant', 'sha256', 'expires', 'signature'] as const;

/** What a link stands for: one file of one job of one tenant. */
export interface LinkTarget {
  readonly jobId: string;
  readonly tenant: string;
  /** SHA-256 of the file's clear bytes, hex: a link never delivers another file. */
  readonly sha256: string;
}

/**
 * Signs and checks download links: HMAC-SHA256 over method, path, tenant, job, file hash and expiry. A link is a
 * credential by itself, so whatever is odd about one is refused, and the refusal does not say what it was.
 */
export class SignedLinks {
  private readonly key: Buffer;

  constructor(
    private readonly publicUrl: string,
    secret: string,
    private readonly now: () => number = Date.now,
  ) {
    this.key = deriveKey(secret, 'link');
  }

  /** @param fileExpiresAt the link does not outlive the file; ISO 8601 */
  sign(target: LinkTarget, fileExpiresAt: string): { readonly url: string; readonly expiresAt: string } {
    const lastMs = Math.min(this.now() + LINK_MS, Date.parse(fileExpiresAt));
    const expires = Math.floor(lastMs / 1_000);
    const query = new URLSearchParams({
      tenant: target.tenant,
      sha256: target.sha256,
      expires: String(expires),
      signature: this.signatureOf(target, expires).toString('base64url'),
    });
    return {
      url: `${this.publicUrl}${pathOf(target.jobId)}?${query.toString()}`,
      expiresAt: new Date(expires * 1_000).toISOString(),
    };
  }

  /**
   * @param url path and query as they were sent
   * @throws SluiceError `link-invalid`; `link-expired` for a link that once was good
   */
  check(url: string): LinkTarget {
    const { target, expires, signature } = parse(url);
    const expected = this.signatureOf(target, expires);
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) throw invalid();
    if (expires * 1_000 <= this.now()) {
      throw new SluiceError(
        'link-expired',
        'The link has expired; ask for the export again to get a new one.',
      );
    }
    return target;
  }

  private signatureOf({ jobId, tenant, sha256 }: LinkTarget, expires: number): Buffer {
    // As JSON no part can run into the next one. HEAD tells no more than GET, so one link serves both.
    const signed = JSON.stringify(['GET', pathOf(jobId), tenant, jobId, sha256, expires]);
    return createHmac('sha256', this.key).update(signed).digest();
  }
}

function pathOf(jobId: string): string {
  return `/api/v1/exports/${jobId}/file`;
}

function parse(url: string): { target: LinkTarget; expires: number; signature: Buffer } {
  const [path = '', search = '', ...more] = url.split('?');
  const jobId = /^\/api\/v1\/exports\/([0-9a-f-]{36})\/file$/.exec(path)?.[1];
  const given = new URLSearchParams(search);
  const names = [...given.keys()];
  const complete = names.length === PARAMETERS.length && PARAMETERS.every((name) => names.includes(name));
  if (jobId === undefined || more.length > 0 || !complete) throw invalid();
  const [tenant = '', sha256 = '', expires = '', signature = ''] = PARAMETERS.map(
    (name) => given.get(name) ?? '',
  );
  const wellFormed =
    /^[0-9a-f]{64}$/.test(sha256) && /^[1-9]\d{0,11}$/.test(expires) && /^[\w-]{43}$/.test(signature);
  if (!wellFormed) throw invalid();
  return {
    target: { jobId, tenant, sha256 },
    expires: Number(expires),
    signature: canonicalBase64url(signature),
  };
}

/** The last character of 43 holds bits that decoding drops: only one spelling of a signature is taken. */
function canonicalBase64url(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) throw invalid();
  return bytes;
}

function invalid(): SluiceError {
  return new SluiceError('link-invalid', 'The link is not valid.');
}
