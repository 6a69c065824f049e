import { randomBytes } from 'node:crypto';
import { ExportManifest } from './export.js';
import { canonicalJson, signManifest, verifyManifest } from './manifest.js';

const key = randomBytes(32);
const manifest: ExportManifest = {
  jobId: '5d1d6a8e-1c52-4b7f-9a63-0a6a8f0c1f11',
  attempt: 1,
  tenant: 'CA',
  dataset: 'flights',
  queryHash: 'q',
  policyVersion: 'p',
  dataVersion: 'd',
  columns: [{ name: 'a', type: 'text', masked: true }],
  format: 'csv',
  compression: null,
  rows: 3,
  bytes: 30,
  sha256: 'abc',
  createdAt: '2024-01-01T00:00:00.000Z',
};

describe('a signed manifest', () => {
  const signed = signManifest(manifest, key);

  it('verifies, also when it was stored with its keys in another order', () => {
    expect(verifyManifest(signed, key)).toBe(true);
    const reversed = Object.fromEntries(Object.entries(signed).reverse()) as typeof signed;
    expect(verifyManifest(JSON.parse(JSON.stringify(reversed)) as typeof signed, key)).toBe(true);
  });

  it.each(Object.keys(manifest) as (keyof ExportManifest)[])('does not verify with another %s', (field) => {
    const value = manifest[field];
    const other = typeof value === 'number' ? value + 1 : field === 'columns' ? [] : `${String(value)}x`;
    expect(verifyManifest({ ...signed, [field]: other }, key)).toBe(false);
  });

  it('does not verify with another key, a part added, or a broken signature', () => {
    expect(verifyManifest(signed, randomBytes(32))).toBe(false);
    expect(verifyManifest({ ...signed, extra: 1 } as typeof signed, key)).toBe(false);
    expect(verifyManifest({ ...signed, signature: '' }, key)).toBe(false);
    expect(verifyManifest({ ...signed, signature: signed.signature.slice(2) }, key)).toBe(false);
  });
});

describe('canonicalJson', () => {
  it('sorts the keys of objects at each depth, and no lists', () => {
    expect(canonicalJson({ b: [2, 1, { d: null, c: 'x' }], a: {} })).toBe(
      '{"a":{},"b":[2,1,{"c":"x","d":null}]}',
    );
  });
});
