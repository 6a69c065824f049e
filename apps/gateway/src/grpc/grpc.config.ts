import { isIPv4, isIPv6 } from 'node:net';
import { flagSetting, integerSetting } from '@sluice/service-kit';
import { z } from 'zod';

/** The gRPC edge; the gateway has none unless its port is set. */
export interface GrpcConfig {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Null for plain text. */
  readonly tls: GrpcTlsFiles | null;
}

/** PEM files, read once at the start. */
export interface GrpcTlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** Whose certificates clients must show; null when none is asked for. */
  readonly clientCaFile: string | null;
}

export const grpcSettings = {
  SLUICE_GRPC_PORT: integerSetting(0, 65_535).optional(),
  SLUICE_GRPC_HOST: z.string().optional(),
  SLUICE_GRPC_CERT_FILE: z.string().optional(),
  SLUICE_GRPC_KEY_FILE: z.string().optional(),
  SLUICE_GRPC_CLIENT_CA_FILE: z.string().optional(),
  SLUICE_GRPC_INSECURE: flagSetting().default(false),
} as const;

type Read = z.output<z.ZodObject<typeof grpcSettings>> & {
  readonly SLUICE_HOST: string;
  readonly PORT: number;
};

const FILES = ['SLUICE_GRPC_CERT_FILE', 'SLUICE_GRPC_KEY_FILE', 'SLUICE_GRPC_CLIENT_CA_FILE'] as const;

/** What is wrong with settings that are each valid: a sentence for each thing. */
export function grpcProblems(read: Read): readonly string[] {
  const { SLUICE_GRPC_CERT_FILE: cert, SLUICE_GRPC_KEY_FILE: key, SLUICE_GRPC_CLIENT_CA_FILE: ca } = read;
  if (read.SLUICE_GRPC_PORT === undefined) {
    return FILES.filter((name) => read[name] !== undefined).map(
      (name) => `${name} is set, but SLUICE_GRPC_PORT is not: nothing would use it.`,
    );
  }
  const host = hostOf(read);
  const wrong: readonly (readonly [boolean, string])[] = [
    [
      (cert === undefined) !== (key === undefined),
      'SLUICE_GRPC_CERT_FILE and SLUICE_GRPC_KEY_FILE belong together: set both or neither.',
    ],
    [
      ca !== undefined && cert === undefined,
      'SLUICE_GRPC_CLIENT_CA_FILE is set, but without SLUICE_GRPC_CERT_FILE no certificate is ever asked for.',
    ],
    [
      read.SLUICE_GRPC_INSECURE && cert !== undefined,
      'SLUICE_GRPC_INSECURE is true, but SLUICE_GRPC_CERT_FILE is set: choose one of them.',
    ],
    [
      cert === undefined && !read.SLUICE_GRPC_INSECURE && !isLoopback(host),
      `SLUICE_GRPC_PORT would be open on ${host} in plain text, tokens too: set SLUICE_GRPC_CERT_FILE and SLUICE_GRPC_KEY_FILE, ` +
        'a loopback address as SLUICE_GRPC_HOST, or SLUICE_GRPC_INSECURE=true where something else encrypts.',
    ],
    [
      read.SLUICE_GRPC_PORT !== 0 && read.SLUICE_GRPC_PORT === read.PORT,
      'SLUICE_GRPC_PORT and PORT are the same: each needs a port of its own.',
    ],
  ];
  return wrong.filter(([holds]) => holds).map(([, sentence]) => sentence);
}

/** Of settings without problems; null when there is to be no gRPC edge. */
export function grpcConfigOf(read: Read): GrpcConfig | null {
  const { SLUICE_GRPC_PORT: port, SLUICE_GRPC_CERT_FILE: certFile, SLUICE_GRPC_KEY_FILE: keyFile } = read;
  if (port === undefined) return null;
  const clientCaFile = read.SLUICE_GRPC_CLIENT_CA_FILE ?? null;
  const tls = certFile === undefined || keyFile === undefined ? null : { certFile, keyFile, clientCaFile };
  return { host: hostOf(read), port, tls };
}

function hostOf(read: Read): string {
  return read.SLUICE_GRPC_HOST ?? read.SLUICE_HOST;
}

function isLoopback(host: string): boolean {
  if (isIPv4(host)) return host.startsWith('127.');
  return isIPv6(host) ? host === '::1' : host === 'localhost';
}
