import {
  CheckedQuery,
  DEFAULT_CSV_OPTIONS,
  DEFAULT_PDF_OPTIONS,
  ExportSpec,
  Principal,
} from '@sluice/contracts';
import { readIdempotencyKey } from './read-idempotency-key.js';
import { dedupeKey, idempotencyScope, payloadHash } from './submission-hashes.js';

const query: CheckedQuery = {
  dataset: 'flights',
  columns: [],
  queryHash: 'q',
  viewHash: 'v',
  policyHash: 'p',
  estimatedRows: null,
  policyVersion: 'p',
  dataVersion: 'd',
};
const spec: ExportSpec = {
  queryDefinition: { a: 1 },
  format: 'csv',
  compression: null,
  csv: DEFAULT_CSV_OPTIONS,
  pdf: DEFAULT_PDF_OPTIONS,
};
const caller: Principal = { subject: 's', clientId: 'c', tenants: ['CA'], roles: ['exporter'] };

describe('dedupeKey', () => {
  const key = dedupeKey('CA', spec, query);

  it('does not depend on how the query is spelt', () => {
    expect(dedupeKey('CA', { ...spec, queryDefinition: { b: 2 } }, query)).toBe(key);
  });

  it.each<[string, string, ExportSpec, CheckedQuery]>([
    ['another tenant', 'TX', spec, query],
    ['another view', 'CA', spec, { ...query, viewHash: 'w' }],
    ['another query', 'CA', spec, { ...query, queryHash: 'r' }],
    ['another delimiter', 'CA', { ...spec, csv: { ...spec.csv, delimiter: ';' } }, query],
    ['a compression', 'CA', { ...spec, compression: 'gzip' }, query],
    ['a BOM', 'CA', { ...spec, csv: { ...spec.csv, bom: true } }, query],
    ['another null text', 'CA', { ...spec, csv: { ...spec.csv, nullText: '-' } }, query],
    ['raw text', 'CA', { ...spec, csv: { ...spec.csv, rawText: true } }, query],
    ['parts that run together', 'CAv', spec, { ...query, viewHash: '' }],
  ])('is another for %s', (_, tenant, otherSpec, otherQuery) => {
    expect(dedupeKey(tenant, otherSpec, otherQuery)).not.toBe(key);
  });
});

describe('payloadHash', () => {
  it('looks at what was asked, not at what the data or the policy are by now', () => {
    expect(payloadHash(spec, { ...query, viewHash: 'w', dataVersion: 'e' })).toBe(payloadHash(spec, query));
    expect(payloadHash(spec, { ...query, queryHash: 'r' })).not.toBe(payloadHash(spec, query));
  });
});

describe('idempotencyScope', () => {
  it('keeps callers apart', () => {
    const scopes = [
      idempotencyScope('CA', caller, 'k'),
      idempotencyScope('TX', caller, 'k'),
      idempotencyScope('CA', { ...caller, subject: 't' }, 'k'),
      idempotencyScope('CA', { ...caller, clientId: 'd' }, 'k'),
      idempotencyScope('CA', caller, 'l'),
    ];
    expect(new Set(scopes).size).toBe(scopes.length);
  });
});

describe('readIdempotencyKey', () => {
  it('takes up to 255 characters, or none', () => {
    expect(readIdempotencyKey(null)).toBeNull();
    expect(readIdempotencyKey('k'.repeat(255))).toHaveLength(255);
  });

  it.each(['', 'k'.repeat(256)])('refuses %j', (key) => {
    expect(() => readIdempotencyKey(key)).toThrow(
      expect.objectContaining({
        code: 'invalid-request',
        details: { limit: { name: 'idempotencyKey', value: 255 } },
      }),
    );
  });
});
