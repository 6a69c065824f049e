import { decodeFrame, encodeFrame } from './frame.js';

const again = (message: unknown): unknown => decodeFrame(encodeFrame(message));

describe('frame', () => {
  it.each([
    [null],
    ['text ü \u{1F30A}'],
    [0.1],
    [[]],
    [{}],
    [{ a: [1, { b: null }], parts: [{ path: [] }], value: 1 }],
  ])('brings %j back', (message) => {
    expect(again(message)).toEqual(message);
  });

  it('brings undefined back as such', () => {
    expect(again(undefined)).toBeUndefined();
    expect(again({ a: undefined })).toEqual({});
  });

  it('carries bytes as bytes: as a whole message, nested, in lists, empty', () => {
    const bytes = new Uint8Array([0, 1, 255]);
    expect([...(again(bytes) as Uint8Array)]).toEqual([0, 1, 255]);
    const message = { body: bytes, list: [{ part: new Uint8Array([7]) }, new Uint8Array()], text: 'x' };
    const answer = again(message) as typeof message;
    expect([...answer.body]).toEqual([0, 1, 255]);
    expect([...(answer.list[0] as { part: Uint8Array }).part]).toEqual([7]);
    expect(answer.list[1]).toHaveLength(0);
    expect(answer.text).toBe('x');
    expect(encodeFrame({ body: new Uint8Array(100_000) }).length).toBeLessThan(100_200);
  });

  it('keeps a key named __proto__ a key, also when it holds bytes', () => {
    const answer = again(JSON.parse('{"__proto__": {"polluted": true}}')) as object;
    expect(Object.keys(answer)).toEqual(['__proto__']);
    const holder = Object.fromEntries([['__proto__', new Uint8Array([1])]]);
    expect(Object.keys(again(holder) as object)).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('refuses a message that is too large', () => {
    expect(() => encodeFrame({ body: new Uint8Array(65 * 1024 * 1024) })).toThrow('more than 67108864 bytes');
  });

  function frameOf(header: string, rest = ''): Buffer {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(header));
    return Buffer.concat([length, Buffer.from(header + rest)]);
  }

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('{"a": 1}')],
    ['half a header', frameOf('{"value": 1, "parts": []}').subarray(0, 10)],
    ['a part that is missing', frameOf('{"value": null, "parts": [{"path": [], "bytes": 5}]}', 'abc')],
    ['a place that is missing', frameOf('{"value": {}, "parts": [{"path": ["a", "b"], "bytes": 1}]}', 'a')],
    [
      'a place outside',
      frameOf('{"value": {}, "parts": [{"path": ["__proto__", "toString"], "bytes": 1}]}', 'a'),
    ],
  ])('refuses %s', (_, frame) => {
    expect(() => decodeFrame(frame)).toThrow();
    expect(Object.prototype.toString.call({})).toBe('[object Object]');
  });
});
