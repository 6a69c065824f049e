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

  it('waits for a remote store as long as is set', () => {
    const env = { SLUICE_STORE: 's3', SLUICE_S3_BUCKET: 'exports' };
    const limits = { tryMs: 60_000, callMs: 150_000 };
    expect(storeSettingsSchema.parse(env)).toMatchObject({ s3: { limits } });
    const short = { ...env, SLUICE_STORE_TRY_MS: '500', SLUICE_STORE_CALL_MS: '2000' };
    expect(storeSettingsSchema.parse(short)).toMatchObject({ s3: { limits: { tryMs: 500, callMs: 2_000 } } });
  });

  it.each<[Record<string, string>, string]>([
    [{ SLUICE_STORE: 's3' }, 'SLUICE_S3_BUCKET is not set, but required when SLUICE_STORE is s3.'],
    [{ SLUICE_STORE: 'azure', SLUICE_AZURE_ACCOUNT: 'a' }, 'SLUICE_AZURE_KEY is not set, but required'],
    [{ SLUICE_STORE: 'disk' }, 'SLUICE_STORE'],
    [{ SLUICE_STORE_KEYS: 'hunter2' }, 'expected keys of 32 bytes in base64'],
    [{ SLUICE_S3_ACCESS_KEY_ID: 'a' }, 'set together or not at all'],
    [{ SLUICE_S3_KMS_KEY_ID: 'a' }, 'SLUICE_S3_ENCRYPTION is not kms'],
    [{ SLUICE_S3_ENDPOINT: 'ftp://x' }, 'SLUICE_S3_ENDPOINT'],
    [{ SLUICE_STORE_TRY_MS: 'hunter2' }, 'SLUICE_STORE_TRY_MS'],
    [{ SLUICE_STORE_CALL_MS: '5000' }, 'SLUICE_STORE_CALL_MS is less than SLUICE_STORE_TRY_MS'],
  ])('refuses %j', (env, told) => {
    expect(problemsOf(env)).toContain(told);
    expect(problemsOf(env)).not.toContain('hunter2');
  });
});
