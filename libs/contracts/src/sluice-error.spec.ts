import { ERROR_CODES } from './error-codes.js';
import { SluiceError } from './sluice-error.js';

describe('SluiceError', () => {
  it('crosses a process boundary as code, message and details', () => {
    const error = new SluiceError('limit-exceeded', 'Too much.', {
      pointer: '/page/limit',
      limit: { name: 'x', value: 1 },
    });
    const restored = SluiceError.fromPayload(JSON.parse(JSON.stringify(error.toPayload())));
    expect(restored).toBeInstanceOf(SluiceError);
    expect(restored.toPayload()).toEqual(error.toPayload());
  });

  it.each([undefined, null, 'text', {}, { code: 'no-such-code', message: 'x' }, { code: 'internal' }])(
    'makes %j internal',
    (payload) => {
      expect(SluiceError.fromPayload(payload).code).toBe('internal');
    },
  );

  it('tells the caller nothing of what is not ours', () => {
    const wrapped = SluiceError.from(new Error('password=hunter2'));
    expect(JSON.stringify(wrapped.toPayload())).not.toContain('hunter2');
    expect((wrapped.cause as Error).message).toContain('hunter2');
    expect(SluiceError.from(wrapped)).toBe(wrapped);
  });
});

describe('the register of codes', () => {
  it('gives each code a status of an error and a title', () => {
    for (const [code, { status, title }] of Object.entries(ERROR_CODES)) {
      expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
      expect(title).not.toBe('');
    }
  });
});
