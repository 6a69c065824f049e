import { keepTrying } from './keep-trying.js';

const never = new AbortController().signal;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
});
afterEach(() => {
  jest.useRealTimers();
});

/** Fails so many times, noting when it was asked. */
function failing(times: number): { readonly attempt: () => Promise<string>; readonly at: number[] } {
  const at: number[] = [];
  const attempt = async (): Promise<string> => {
    at.push(Date.now());
    if (at.length <= times) throw new Error(`attempt ${at.length}`);
    return 'there';
  };
  return { attempt, at };
}

describe('keepTrying', () => {
  it('gives what the first success gives, and tells each failure before it', async () => {
    const told: string[] = [];
    const options = {
      signal: never,
      onFailure: (error: unknown) => told.push(String(error)),
      firstPauseMs: 1,
    };
    const trying = keepTrying(failing(2).attempt, options);
    await jest.advanceTimersByTimeAsync(100);
    await expect(trying).resolves.toBe('there');
    expect(told).toEqual(['Error: attempt 1', 'Error: attempt 2']);
  });

  it('throws what is final', async () => {
    const options = { signal: never, onFailure: () => undefined, isFinal: () => true };
    await expect(keepTrying(failing(1).attempt, options)).rejects.toThrow('attempt 1');
  });

  it('ends at once when it is told to, in a pause and in an attempt that hangs', async () => {
    for (const attempt of [failing(100).attempt, () => new Promise<string>(() => undefined)]) {
      const stop = new AbortController();
      const trying = keepTrying(attempt, { signal: stop.signal, onFailure: () => undefined });
      const outcome = expect(trying).rejects.toThrow('enough');
      await jest.advanceTimersByTimeAsync(0);
      stop.abort(new Error('enough'));
      await outcome;
    }
  });

  it('asks nothing when it was told to end before', async () => {
    const { attempt, at } = failing(0);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(keepTrying(attempt, { signal, onFailure: () => undefined })).rejects.toThrow('enough');
    expect(at).toEqual([]);
  });
});
