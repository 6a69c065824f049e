import fc from 'fast-check';
import { exportKey, manifestKey, parseObjectKey } from './object-key.js';

const file = {
  tenant: 'CA',
  jobId: '5d1d6a8e-1c52-4b7f-9a63-0a6a8f0c1f11',
  attempt: 2,
  name: 'flights-5d1d.csv',
};

describe('exportKey', () => {
  it('names tenant, job, attempt and file', () => {
    expect(exportKey(file)).toBe('CA/5d1d6a8e-1c52-4b7f-9a63-0a6a8f0c1f11/2/flights-5d1d.csv');
  });

  it('makes a valid key of any tenant, and another for each', () => {
    const tenants = fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1 }), {
      minLength: 2,
      maxLength: 5,
    });
    fc.assert(
      fc.property(tenants, (names) => {
        const keys = names.map((tenant) => exportKey({ ...file, tenant }));
        keys.forEach((key) => expect(parseObjectKey(key)).toHaveLength(4));
        // Lone surrogates have no UTF-8 of their own, so only well-formed names are told apart.
        const distinct = new Set(names.map((name) => name.toWellFormed()));
        expect(new Set(keys).size).toBe(distinct.size);
      }),
    );
  });

  it.each(['..', 'a/b', '', '.hidden', 'x'.repeat(201)])('refuses the file name %j', (name) => {
    expect(() => exportKey({ ...file, name })).toThrow(RangeError);
  });

  it('puts the manifest beside the file', () => {
    expect(manifestKey(exportKey(file))).toBe(`${exportKey(file)}.manifest.json`);
  });
});

describe('parseObjectKey', () => {
  it('refuses a key of too many segments', () => {
    expect(() => parseObjectKey(Array(9).fill('a').join('/'))).toThrow(RangeError);
  });
});
