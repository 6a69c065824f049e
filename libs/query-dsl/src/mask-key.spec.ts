import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { inspect } from 'node:util';
import { MaskKey } from './mask-key.js';

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const keys = fc.uint8Array({ minLength: 16, maxLength: 64 });

describe('MaskKey', () => {
  it('gives the pads with which two digests are the HMAC of RFC 2104', () => {
    fc.assert(
      fc.property(keys, fc.string({ unit: 'grapheme' }), (key, text) => {
        const { inner, outer } = new MaskKey(key).pads();
        const first = sha256(Buffer.concat([Buffer.from(inner, 'hex'), Buffer.from(text)]));
        const second = sha256(Buffer.concat([Buffer.from(outer, 'hex'), first]));
        expect(second).toEqual(createHmac('sha256', key).update(text).digest());
      }),
    );
  });

  it('shows itself nowhere, and is told from others by its fingerprint alone', () => {
    fc.assert(
      fc.property(keys, (key) => {
        const mask = new MaskKey(key);
        const shown = `${JSON.stringify({ mask })} ${inspect(mask, { showHidden: true, depth: 5 })} ${String(mask)}`;
        const { inner, outer } = mask.pads();
        for (const hidden of [inner, outer, Buffer.from(key).toString('hex')]) {
          expect(shown).not.toContain(hidden);
        }
        expect(JSON.stringify(mask)).toBe(`{"fingerprint":"${mask.fingerprint}"}`);
        expect(new MaskKey(key).fingerprint).toBe(mask.fingerprint);
        expect(new MaskKey(key.map((byte) => byte ^ 1)).fingerprint).not.toBe(mask.fingerprint);
      }),
    );
  });

  it.each([0, 15, 65])('takes no key of %i bytes', (length) => {
    expect(() => new MaskKey(new Uint8Array(length))).toThrow('16 to 64 bytes');
  });
});
