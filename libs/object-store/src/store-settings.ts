import { z } from 'zod';
import { AzureOptions } from './azure/azure-connection.js';
import { CallLimits, DEFAULT_LIMITS } from './remote/call-limits.js';
import { S3Encryption, S3Options } from './s3/s3-connection.js';

/** Where an installation keeps its files. */
export type StoreSettings =
  | {
      readonly kind: 'local';
      /** Master keys, the newest first; none where the key comes from the installation's secret. */
      readonly keys: readonly Buffer[];
      /** File with further such keys, one a line in base64; null for none. */
      readonly keyFile: string | null;
    }
  | { readonly kind: 's3'; readonly s3: S3Options }
  | { readonly kind: 'azure'; readonly azure: AzureOptions };

type Read = z.output<typeof STORE_SETTINGS>;

const url = () =>
  z.url({ protocol: /^https?$/, error: 'expected a URL that begins with http:// or https://' });
const flag = () =>
  z.stringbool({
    truthy: ['true', '1', 'on', 'yes'],
    falsy: ['false', '0', 'off', 'no'],
    error: 'expected true or false',
  });

/** Of a remote store, in ms. */
const waitingTime = (usual: number) =>
  z.coerce.number('expected a number of milliseconds').int().min(100).max(3_600_000).default(usual);

/** Variables that choose a store, by their names. */
export const STORE_SETTINGS = z.object({
  SLUICE_STORE: z.enum(['local', 's3', 'azure']).default('local'),
  SLUICE_STORE_KEYS: z
    .string()
    .transform((text) => text.split(',').map((key) => key.trim()))
    .refine((keys) => keys.every(isKey), 'expected keys of 32 bytes in base64, with commas between them')
    .transform((keys) => keys.map(fromBase64))
    .default([]),
  SLUICE_STORE_KEY_FILE: z.string().optional(),
  SLUICE_S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9.-]{3,63}$/, 'expected the name of a bucket')
    .optional(),
  SLUICE_S3_REGION: z
    .string()
    .regex(/^[a-z0-9-]{1,50}$/, 'expected the name of a region')
    .default('us-east-1'),
  SLUICE_S3_ENDPOINT: url().optional(),
  SLUICE_S3_PATH_STYLE: flag().default(false),
  SLUICE_S3_ACCESS_KEY_ID: z.string().optional(),
  SLUICE_S3_SECRET_ACCESS_KEY: z.string().optional(),
  SLUICE_S3_ENCRYPTION: z.enum(['aes256', 'kms', 'bucket']).default('aes256'),
  SLUICE_S3_KMS_KEY_ID: z.string().optional(),
  SLUICE_AZURE_ACCOUNT: z.string().optional(),
  SLUICE_AZURE_KEY: z.base64('expected a key in base64').optional(),
  SLUICE_AZURE_CONTAINER: z.string().optional(),
  SLUICE_AZURE_ENDPOINT: url().optional(),
  SLUICE_STORE_TRY_MS: waitingTime(DEFAULT_LIMITS.tryMs),
  SLUICE_STORE_CALL_MS: waitingTime(DEFAULT_LIMITS.callMs),
});

const NEEDS = {
  local: [],
  s3: ['SLUICE_S3_BUCKET'],
  azure: ['SLUICE_AZURE_ACCOUNT', 'SLUICE_AZURE_KEY', 'SLUICE_AZURE_CONTAINER'],
} as const;

/** Schema of the variables that choose a store; reads them into `StoreSettings`. */
export const storeSettingsSchema = STORE_SETTINGS.superRefine((env, context) => {
  for (const name of NEEDS[env.SLUICE_STORE]) {
    if (env[name] === undefined) {
      context.addIssue(`${name} is not set, but required when SLUICE_STORE is ${env.SLUICE_STORE}.`);
    }
  }
  if ((env.SLUICE_S3_ACCESS_KEY_ID === undefined) !== (env.SLUICE_S3_SECRET_ACCESS_KEY === undefined)) {
    context.addIssue(
      'SLUICE_S3_ACCESS_KEY_ID and SLUICE_S3_SECRET_ACCESS_KEY are set together or not at all.',
    );
  }
  if (env.SLUICE_STORE_CALL_MS < env.SLUICE_STORE_TRY_MS) {
    context.addIssue('SLUICE_STORE_CALL_MS is less than SLUICE_STORE_TRY_MS: a call has room for a try.');
  }
  if (env.SLUICE_S3_KMS_KEY_ID !== undefined && env.SLUICE_S3_ENCRYPTION !== 'kms') {
    context.addIssue('SLUICE_S3_KMS_KEY_ID is set, but SLUICE_S3_ENCRYPTION is not kms.');
  }
}).transform(settingsOf);

function settingsOf(env: Read): StoreSettings {
  switch (env.SLUICE_STORE) {
    case 'local':
      return { kind: 'local', keys: env.SLUICE_STORE_KEYS, keyFile: env.SLUICE_STORE_KEY_FILE ?? null };
    case 's3':
      return { kind: 's3', s3: s3Of(env) };
    case 'azure':
      return {
        kind: 'azure',
        // The schema has made sure that these are set.
        azure: {
          account: env.SLUICE_AZURE_ACCOUNT ?? '',
          accountKey: env.SLUICE_AZURE_KEY ?? '',
          container: env.SLUICE_AZURE_CONTAINER ?? '',
          endpoint: env.SLUICE_AZURE_ENDPOINT ?? null,
          limits: limitsOf(env),
        },
      };
  }
}

function s3Of(env: Read): S3Options {
  const [accessKeyId, secretAccessKey] = [env.SLUICE_S3_ACCESS_KEY_ID, env.SLUICE_S3_SECRET_ACCESS_KEY];
  const given = accessKeyId !== undefined && secretAccessKey !== undefined;
  return {
    bucket: env.SLUICE_S3_BUCKET ?? '',
    region: env.SLUICE_S3_REGION,
    endpoint: env.SLUICE_S3_ENDPOINT ?? null,
    pathStyle: env.SLUICE_S3_PATH_STYLE,
    credentials: given ? { accessKeyId, secretAccessKey } : null,
    encryption: encryptionOf(env),
    limits: limitsOf(env),
  };
}

function limitsOf({ SLUICE_STORE_TRY_MS: tryMs, SLUICE_STORE_CALL_MS: callMs }: Read): CallLimits {
  return { tryMs, callMs };
}

function encryptionOf({ SLUICE_S3_ENCRYPTION: kind, SLUICE_S3_KMS_KEY_ID: keyId }: Read): S3Encryption {
  return kind === 'kms' ? { kind, keyId: keyId ?? null } : { kind };
}

/** Whether a text is a master key: 32 bytes in base64. */
export function isKey(text: string): boolean {
  return /^[A-Za-z0-9+/]{43}=$/.test(text);
}

export function fromBase64(text: string): Buffer {
  return Buffer.from(text, 'base64');
}
