import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { ServerCredentials } from '@grpc/grpc-js';
import { SettingsError } from '@sluice/service-kit';
import { type GrpcConfig, type GrpcTlsFiles } from './grpc.config.js';

/**
 * TLS 1.3 and nothing older (SPEC P7). The library's own `createSsl` takes no lowest version, but for a variable of the environment that
 * all its users in the process would share; these are the options that it would pass to Node, and that one more.
 */
class Tls13Credentials extends ServerCredentials {
  constructor(context: SecureContextOptions, asksClients: boolean) {
    super({ requestCert: asksClients, rejectUnauthorized: true, minVersion: 'TLSv1.3' }, context);
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}

/** @throws SettingsError naming every file that cannot be read or used; never what it holds */
export async function credentialsOf({ tls }: GrpcConfig): Promise<ServerCredentials> {
  if (tls === null) return ServerCredentials.createInsecure();
  const [cert, key, ca] = await readAll(tls);
  const context = { cert, key, ...(ca !== undefined && { ca }) };
  try {
    createSecureContext(context);
  } catch {
    throw new SettingsError([
      'SLUICE_GRPC_CERT_FILE and SLUICE_GRPC_KEY_FILE are not usable: expected PEM, and the key of the first certificate.',
    ]);
  }
  return new Tls13Credentials(context, ca !== undefined);
}

async function readAll({ certFile, keyFile, clientCaFile }: GrpcTlsFiles) {
  const problems: string[] = [];
  const read = async (name: string, file: string, holds: string): Promise<Buffer> => {
    const bytes = await readFile(file).catch(() => null);
    if (bytes === null) problems.push(`${name} names a file that cannot be read.`);
    else if (!bytes.includes(`-----BEGIN ${holds}`)) problems.push(`${name} names a file that is not PEM.`);
    return bytes ?? Buffer.alloc(0);
  };
  const files = await Promise.all([
    read('SLUICE_GRPC_CERT_FILE', certFile, 'CERTIFICATE'),
    read('SLUICE_GRPC_KEY_FILE', keyFile, ''),
    clientCaFile === null ? undefined : read('SLUICE_GRPC_CLIENT_CA_FILE', clientCaFile, 'CERTIFICATE'),
  ]);
  if (problems.length > 0) throw new SettingsError(problems);
  return files;
}
