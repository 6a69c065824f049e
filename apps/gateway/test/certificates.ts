import 'reflect-metadata';
import { type webcrypto } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type Extension,
  type JsonGeneralName,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const HOUR_MS = 3_600_000;

export interface KeyAndCertificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** Makes certificates, as the operators of a network would. */
export class TestAuthority {
  private constructor(
    private readonly name: string,
    private readonly keys: webcrypto.CryptoKeyPair,
    readonly cert: Buffer,
  ) {}

  static async create(name = 'Test authority'): Promise<TestAuthority> {
    const keys = await newKeys();
    const extensions = [new BasicConstraintsExtension(true, 0, true)];
    const cert = await sign({ name, issuer: name, keys, issuerKeys: keys, extensions });
    return new TestAuthority(name, keys, cert);
  }

  /** @param forMs until it is no longer valid, from now */
  async issue(
    name: string,
    names: readonly JsonGeneralName[] = [],
    forMs = HOUR_MS,
  ): Promise<KeyAndCertificate> {
    const keys = await newKeys();
    const extensions = names.length === 0 ? [] : [new SubjectAlternativeNameExtension([...names])];
    const cert = await sign({
      name,
      issuer: this.name,
      keys,
      issuerKeys: this.keys,
      extensions,
      notAfter: new Date(Date.now() + forMs),
    });
    const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
    return { key: Buffer.from(PemConverter.encode(pkcs8, 'PRIVATE KEY')), cert };
  }
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function sign(made: {
  readonly name: string;
  readonly issuer: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly issuerKeys: webcrypto.CryptoKeyPair;
  readonly extensions: Extension[];
  readonly notAfter?: Date;
}): Promise<Buffer> {
  const certificate = await X509CertificateGenerator.create({
    serialNumber: Buffer.from(crypto.getRandomValues(new Uint8Array(8)))
      .toString('hex')
      .replace(/^./, '1'),
    subject: [{ CN: [made.name] }],
    issuer: [{ CN: [made.issuer] }],
    notBefore: new Date(Date.now() - HOUR_MS),
    notAfter: made.notAfter ?? new Date(Date.now() + HOUR_MS),
    signingAlgorithm: ALGORITHM,
    publicKey: made.keys.publicKey,
    signingKey: made.issuerKeys.privateKey,
    extensions: made.extensions,
  });
  return Buffer.from(certificate.toString('pem'));
}

/** Files that a server is configured with. */
export async function writePems(
  pems: Readonly<Record<string, Buffer>>,
): Promise<{ readonly file: (name: string) => string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-pem-'));
  for (const [name, pem] of Object.entries(pems)) await writeFile(join(folder, name), pem, { mode: 0o600 });
  return {
    file: (name) => join(folder, name),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
