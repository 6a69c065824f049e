import { patiently } from './patience.js';

/** Keeps the event loop from turning. */
function block(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

/** An answer that the loop hears only after some turns, each of which takes that long. */
async function heardAfter(turns: number, ms: number): Promise<string> {
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise(setImmediate);
    block(ms);
  }
  return 'heard';
}

describe('patiently', () => {
  it('hears an answer that was late only because the process was busy', async () => {
    await expect(patiently(60, heardAfter(2, 80), 'late')).resolves.toBe('heard');
  });

  it('gives up a silent peer in time', async () => {
    jest.useFakeTimers();
    try {
      const waiting = patiently(60, new Promise(() => undefined), 'Nothing came.');
      const told = expect(waiting).rejects.toThrow('Nothing came.');
      await jest.advanceTimersByTimeAsync(59);
      expect(jest.getTimerCount()).toBe(1);
      await jest.advanceTimersByTimeAsync(1);
      await told;
    } finally {
      jest.useRealTimers();
    }
  });

  it('gives up also when the loop turns slowly for good', async () => {
    await expect(patiently(60, heardAfter(20, 30), 'late')).rejects.toThrow('late');
  });

  it('passes on a fault', async () => {
    await expect(patiently(60, Promise.reject(new Error('gone')), 'late')).rejects.toThrow('gone');
  });
});
