import { randomBytes } from 'node:crypto';
import { storeSettingsSchema } from './store-settings.js';

const problemsOf = (env: Record<string, string>): string =>
  (storeSettingsSchema.safeParse(env).error?.issues ?? [])
    .map(({ path, message }) => `${path.join('.')} ${message}`)
    .join('\n');

describe('storeSettingsSchema', () => {
  it('keeps files in a local folder unless another store is chosen', () => {
    expect(storeSettingsSchema.parse({})).toEqual({ kind: 'local', keys: [], keyFile: null });
  });

  it('reads keys, the newest first', () => {
    const keys = [randomBytes(32), randomBytes(32)];
    const text = keys.map((key) => key.toString('base64')).join(', ');
    expect(storeSettingsSchema.parse({ SLUICE_STORE_KEYS: text })).toMatchObject({ keys });
  });

  it('reads S3 with keys, and without, when the client looks for them', () => {
    const env = { SLUICE_STORE: 's3', SLUICE_S3_BUCKET: 'exports', SLUICE_S3_ENCRYPTION: 'kms' };
    const s3 = { bucket: 'exports', credentials: null, encryption: { kind: 'kms', keyId: null } };
    expect(storeSettingsSchema.parse(env)).toMatchObject({ kind: 's3', s3 });
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const given = { ...env, SLUICE_S3_ACCESS_KEY_ID: 'a', SLUICE_S3_SECRET_ACCESS_KEY: 'b' };
    expect(storeSettingsSchema.parse(given)).toMatchObject({ s3: { credentials } });
  });

  it.each<[Record<string, string>, string]>([
    [{ SLUICE_STORE: 's3' }, 'SLUICE_S3_BUCKET is not set, but required when SLUICE_STORE is s3.'],
    [{ SLUICE_STORE: 'azure', SLUICE_AZURE_ACCOUNT: 'a' }, 'SLUICE_AZURE_KEY is not set, but required'],
    [{ SLUICE_STORE: 'disk' }, 'SLUICE_STORE'],
    [{ SLUICE_STORE_KEYS: 'hunter2' }, 'expected keys of 32 bytes in base64'],
    [{ SLUICE_S3_ACCESS_KEY_ID: 'a' }, 'set together or not at all'],
    [{ SLUICE_S3_KMS_KEY_ID: 'a' }, 'SLUICE_S3_ENCRYPTION is not kms'],
    [{ SLUICE_S3_ENDPOINT: 'ftp://x' }, 'SLUICE_S3_ENDPOINT'],
  ])('refuses %j', (env, told) => {
    expect(problemsOf(env)).toContain(told);
    expect(problemsOf(env)).not.toContain('hunter2');
  });
});
