import { SluiceError } from '@sluice/contracts';
import { detach } from './plain-data.js';

describe('detach', () => {
  it('copies and freezes, but passes bytes by reference', () => {
    const bytes = new Uint8Array([1]);
    const message = { list: [{ a: 1 }], bytes };
    const copy = detach(message) as typeof message;
    expect(copy).toEqual(message);
    expect(copy.list).not.toBe(message.list);
    expect(copy.bytes).toBe(bytes);
    expect(Object.isFrozen(copy) && Object.isFrozen(copy.list) && Object.isFrozen(copy.list[0])).toBe(true);
  });

  it('drops undefined properties as JSON does', () => {
    expect(Object.keys(detach({ a: undefined, b: null }) as object)).toEqual(['b']);
    expect(detach([undefined])).toEqual([null]);
    expect(detach(undefined)).toBeUndefined();
  });

  it('keeps a key named __proto__ a key', () => {
    const copy = detach(JSON.parse('{"__proto__": {"polluted": true}}')) as object;
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(Object.keys(copy)).toEqual(['__proto__']);
  });

  it.each([[new Date(0)], [new Map()], [10n], [Number.NaN], [() => 1], [Symbol('x')], [new Error('x')]])(
    'refuses %p, which JSON cannot carry',
    (value) => {
      expect(() => detach({ value })).toThrow(TypeError);
    },
  );

  it('refuses what is nested too deep with a limit, not with a stack overflow', () => {
    const deep: unknown = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
    expect(() => detach(deep)).toThrow(SluiceError);
    expect(() => detach(deep)).toThrow('deeper than 200 levels');
  });
});
