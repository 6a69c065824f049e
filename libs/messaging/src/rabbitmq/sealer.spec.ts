import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { Envelope } from './envelope.js';
import { CLOCK_LEEWAY_MS, Expected, KeysOf, Sealer } from './sealer.js';

const keysOf: KeysOf = (service) => [createHash('sha256').update(service).digest()];
const sealer = new Sealer('gateway', keysOf);

const kinds = ['request', 'answer', 'failure', 'cancel', 'event'] as const;
const messages = fc.record({
  kind: fc.constantFrom(...kinds),
  name: fc.string(),
  version: fc.integer({ min: 1, max: 9 }),
  to: fc.string(),
  correlationId: fc.string(),
  timeoutMs: fc.nat(),
});
const contents = fc.uint8Array({ maxLength: 50 });

describe('Sealer', () => {
  it('opens what it sealed, and tells what was sealed', () => {
    fc.assert(
      fc.property(messages, contents, (message, content) => {
        const opened = sealer.open(message, sealer.seal(message, content), content);
        expect(opened).toMatchObject({ kind: 'good', envelope: { ...message, from: 'gateway' } });
      }),
    );
  });

  it('opens nothing of which a single part is another one', () => {
    const parts = ['kind', 'name', 'to', 'correlationId'] as const;
    fc.assert(
      fc.property(
        messages,
        messages,
        fc.constantFrom(...parts),
        contents,
        (message, other, part, content) => {
          fc.pre(message[part] !== other[part]);
          const expected: Expected = { ...message, [part]: other[part] };
          const headers = sealer.seal(message, content);
          expect(sealer.open(expected, headers, content)).toEqual({ kind: 'refused', reason: 'forged' });
        },
      ),
    );
  });

  it.each(['sluice-version', 'sluice-issued-at', 'sluice-timeout-ms', 'sluice-from', 'sluice-seal'] as const)(
    'opens nothing whose header %s is another one, or none',
    (name) => {
      const message = {
        kind: 'event',
        name: 'n',
        version: 1,
        to: 'x',
        correlationId: 'c',
        timeoutMs: 5,
      } as const;
      const content = Buffer.from('content');
      const headers = sealer.seal(message, content);
      const value = headers[name];
      const changed = typeof value === 'number' ? value + 1 : `${value.slice(0, -3)}AAA`;
      expect(sealer.open(message, { ...headers, [name]: changed }, content)).toMatchObject({
        reason: 'forged',
      });
      expect(sealer.open(message, { ...headers, [name]: undefined }, content)).toMatchObject({
        reason: 'unsealed',
      });
      expect(sealer.open(message, { ...headers, [name]: {} }, content)).toMatchObject({ reason: 'unsealed' });
    },
  );

  it('opens nothing of which a bit of the content is another one', () => {
    fc.assert(
      fc.property(
        messages,
        fc.uint8Array({ minLength: 1, maxLength: 50 }),
        fc.nat(),
        (message, content, at) => {
          const headers = sealer.seal(message, content);
          const altered = Uint8Array.from(content);
          altered[at % content.length]! ^= 1 << (at % 8);
          expect(sealer.open(message, headers, altered)).toEqual({ kind: 'refused', reason: 'forged' });
        },
      ),
    );
  });

  it('takes the parts for what they are, wherever one ends', () => {
    const envelope = { kind: 'event', version: 1, timeoutMs: 0, correlationId: 'c', to: 'x' } as const;
    const headers = sealer.seal({ ...envelope, name: 'a","b' }, Buffer.from('c'));
    expect(sealer.open({ ...envelope, name: 'a' }, headers, Buffer.from('","bc'))).toMatchObject({
      reason: 'forged',
    });
  });

  it('refuses a message that is too old or not made yet, unless it does not grow old', () => {
    let now = 1_000_000_000;
    const at = new Sealer('gateway', keysOf, () => now);
    const message: Omit<Envelope, 'from' | 'issuedAt'> = {
      kind: 'request',
      name: 'n',
      version: 1,
      to: 'x',
      correlationId: 'c',
      timeoutMs: 1_000,
    };
    const content = Buffer.alloc(0);
    const [headers, ageless] = [at.seal(message, content), at.seal({ ...message, timeoutMs: 0 }, content)];
    const after = (ms: number, sealedHeaders = headers): string => {
      now = 1_000_000_000 + ms;
      const opened = at.open(message, sealedHeaders, content);
      return opened.kind === 'good' ? 'good' : opened.reason;
    };
    expect(after(1_000 + CLOCK_LEEWAY_MS)).toBe('good');
    expect(after(1_001 + CLOCK_LEEWAY_MS)).toBe('expired');
    expect(after(-CLOCK_LEEWAY_MS)).toBe('good');
    expect(after(-CLOCK_LEEWAY_MS - 1)).toBe('expired');
    expect(after(1e12, ageless)).toBe('good');
  });

  it('seals with the first key of a list and opens with each', () => {
    const [old, next] = [keysOf('old'), keysOf('new')];
    const message = {
      kind: 'event',
      name: 'n',
      version: 1,
      to: 'x',
      correlationId: '',
      timeoutMs: 0,
    } as const;
    const content = Buffer.from('c');
    const headers = new Sealer('a', () => [...next, ...old]).seal(message, content);
    const kindUnder = (keys: readonly Buffer[]): string =>
      new Sealer('b', () => keys).open(message, headers, content).kind;
    expect([kindUnder(next), kindUnder([...old, ...next]), kindUnder(old)]).toEqual([
      'good',
      'good',
      'refused',
    ]);
    expect(() => new Sealer('a', () => []).seal(message, content)).toThrow('no key for messages to x');
  });
});
