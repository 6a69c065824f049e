import { deriveKey } from './derive-key.js';

describe('deriveKey', () => {
  it('gives 32 bytes, the same for the same secret and purpose', () => {
    expect(deriveKey('secret', 'link')).toHaveLength(32);
    expect(deriveKey('secret', 'link')).toEqual(deriveKey('secret', 'link'));
  });

  it('gives another key for another purpose or secret', () => {
    const key = deriveKey('secret', 'link');
    expect(deriveKey('secret', 'cursor')).not.toEqual(key);
    expect(deriveKey('secret2', 'link')).not.toEqual(key);
  });
});
