import { SluiceError } from '@sluice/contracts';
import fc from 'fast-check';
import { readStrictJson } from './strict-json.js';

const read = (text: string): unknown => readStrictJson(Buffer.from(text));

function refusalOf(text: string | Uint8Array): SluiceError {
  try {
    readStrictJson(typeof text === 'string' ? Buffer.from(text) : text);
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('readStrictJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        fc.pre(!text.includes('__proto__'));
        expect(read(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('keeps any text with its escapes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(text !== '__proto__');
        expect(read(JSON.stringify({ [text]: [text, '{"a":1,"a":"\\"'] }))).toEqual({
          [text]: [text, '{"a":1,"a":"\\"'],
        });
      }),
    );
  });

  it.each(['', ' ', '{', '{a:1}', '[1,]', "{'a':1}", '01', 'NaN', '{"a":1}x', '"\u0001"', '// c\n1'])(
    'refuses %j, which is not JSON',
    (text) => {
      expect(refusalOf(text).code).toBe('invalid-json');
    },
  );

  it('refuses bytes that are not UTF-8', () => {
    expect(refusalOf(Uint8Array.from([0x22, 0xc3, 0x28, 0x22])).message).toBe('The text is not UTF-8.');
  });

  it.each([
    ['{"a":{"b":1,"c":2,"b":3}}', '/a/b'],
    ['[0,{"a":1,"\\u0061":1}]', '/1/a'],
    ['{"x/y~z":1,"x/y~z":2}', '/x~1y~0z'],
    ['{"":1,"":2}', '/'],
  ])('refuses a key that stands twice: %s', (text, pointer) => {
    expect(refusalOf(text)).toMatchObject({ code: 'invalid-json', details: { pointer } });
  });

  it('lets the same key stand in two objects', () => {
    expect(read('[{"a":1},{"a":{"a":[{"a":2}]}}]')).toEqual([{ a: 1 }, { a: { a: [{ a: 2 }] } }]);
  });

  it.each(['{"__proto__":{"admin":true}}', '{"a":[{"\\u005f_proto__":1}]}'])('refuses %s', (text) => {
    expect(refusalOf(text).message).toContain('__proto__');
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it.each([
    ['{"a":"\\ud800"}', '/a'],
    ['["x","\\udc00\\ud800"]', '/1'],
    ['{"\\ud800":1}', '/\ufffd'],
  ])('refuses half a surrogate pair: %s', (text, pointer) => {
    expect(refusalOf(text)).toMatchObject({ code: 'invalid-json', details: { pointer } });
  });

  it.each([
    '9007199254740993',
    '-9007199254740993',
    '1e400',
    '1e-400',
    '0.10000000000000000001',
    '123456789.123456789012',
  ])('refuses %s, which would lose digits', (number) => {
    expect(refusalOf(`{"v":[1,${number}]}`)).toMatchObject({
      code: 'invalid-request',
      details: { pointer: '/v/1' },
    });
  });

  it.each([
    '0',
    '-0',
    '0.0',
    '1.10',
    '0.1',
    '9007199254740991',
    '1e21',
    '1E+2',
    '1200e-2',
    '-12.5e-7',
    '1e308',
  ])('takes %s', (number) => {
    expect(read(number)).toBe(Number(number));
  });

  it('takes every number that JavaScript writes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(read(JSON.stringify(value))).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  it('takes 72 levels, refuses 73, and a million without exhausting the stack', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => read(nested(72))).not.toThrow();
    expect(refusalOf(nested(73))).toMatchObject({
      code: 'limit-exceeded',
      details: { limit: { name: 'depth', value: 72 } },
    });
    expect(['limit-exceeded', 'invalid-json']).toContain(refusalOf(nested(1_000_000)).code);
  });

  it('reads a body of the largest size in little time of the processor', () => {
    const text = JSON.stringify({
      value: Array.from({ length: 100_000 }, (_, index) => `v${String(index)}`),
    });
    const before = process.cpuUsage();
    read(text);
    read(`${'0'.repeat(0)}1${'0'.repeat(300)}`);
    // Not of the clock, which goes on while others have the processor. What looked at the rest again for each value would take minutes.
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(3_000);
  });
});
