import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { CacheEntry } from '../ports.js';
import { readEntry, writeEntry } from './entry-envelope.js';

const secret = createSecretKey(randomBytes(32));
const text = fc.string({ unit: 'grapheme' });
const entries: fc.Arbitrary<CacheEntry> = fc.oneof(
  fc.record({
    kind: fc.constant('page' as const),
    body: text.map((body) => [Buffer.from(body)]),
    returned: fc.nat(),
    hasMore: fc.boolean(),
    next: fc.option(text),
  }),
  fc.record({ kind: fc.constant('total' as const), rows: fc.nat(), isExact: fc.boolean() }),
);

describe('an entry of the shared cache', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.string(), entries, (key, entry) => {
        expect(readEntry(key, writeEntry(key, entry, secret), secret)).toEqual(entry);
      }),
    );
  });

  it('is nothing under another key, under another secret, cut or changed', () => {
    fc.assert(
      fc.property(entries, fc.nat(), fc.integer({ min: 1, max: 0xff }), (entry, at, change) => {
        const written = writeEntry('k', entry, secret);
        const place = at % written.length;
        const changed = String.fromCharCode(written.charCodeAt(place) ^ change);
        expect(readEntry('j', written, secret)).toBeUndefined();
        expect(readEntry('k', written, createSecretKey(randomBytes(32)))).toBeUndefined();
        expect(readEntry('k', written.slice(0, place), secret)).toBeUndefined();
        const other = written.slice(0, place) + changed + written.slice(place + 1);
        expect(readEntry('k', other, secret)).toBeUndefined();
      }),
    );
  });

  it.each([undefined, null, 7, '', '\n', 'sluice1', 'sluice1 x {}\n', '{"value":1}'])(
    'is not %j',
    (value) => {
      expect(readEntry('k', value, secret)).toBeUndefined();
    },
  );
});
