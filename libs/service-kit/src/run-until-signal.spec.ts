import { EventEmitter } from 'node:events';
import { runMain, runUntilSignal } from './run-until-signal.js';
import { SettingsError } from './settings.js';

class FakeProcess extends EventEmitter {
  readonly pid = 7;
  readonly exits: number[] = [];
  /** Signals sent, and who still listened to them. */
  readonly kills: unknown[] = [];
  written = '';
  readonly stderr = { write: (text: string) => (this.written += text) };
  kill(pid: number, signal: string): void {
    this.kills.push({ pid, signal, listeners: this.listenerCount(signal) });
  }
  exit(code: number): void {
    this.exits.push(code);
  }
}

function appClosing(close: (graceMs: number) => Promise<void>) {
  return { name: 'test', notReady: () => Promise.resolve([]), close };
}

describe('runUntilSignal', () => {
  it.each(['SIGTERM', 'SIGINT'])('closes once on %s and exits with 0', async (signal) => {
    const handle = new FakeProcess();
    const close = jest.fn(() => Promise.resolve());
    const done = runUntilSignal(appClosing(close), 500, handle);
    handle.emit(signal);
    await done;
    expect(close.mock.calls).toEqual([[500]]);
    expect(handle.exits).toEqual([0]);
    expect(handle.eventNames()).toEqual([]);
  });

  it('dies of a second signal at once, or exits where no signal of its own reaches it', () => {
    const handle = new FakeProcess();
    void runUntilSignal(
      appClosing(() => new Promise(() => undefined)),
      1,
      handle,
    );
    handle.emit('SIGTERM');
    handle.emit('SIGINT');
    expect(handle.kills).toEqual([{ pid: 7, signal: 'SIGINT', listeners: 0 }]);
    expect(handle.exits).toEqual([130]);
  });

  it('exits with 1 when closing fails', async () => {
    const handle = new FakeProcess();
    const done = runUntilSignal(
      appClosing(() => Promise.reject(new Error('stuck file'))),
      500,
      handle,
    );
    handle.emit('SIGTERM');
    await done;
    expect(handle.exits).toEqual([1]);
    expect(handle.written).toContain('stuck file');
  });

  it('exits with 1 when closing never ends', async () => {
    jest.useFakeTimers();
    const handle = new FakeProcess();
    const done = runUntilSignal(
      appClosing(() => new Promise(() => undefined)),
      500,
      handle,
    );
    handle.emit('SIGTERM');
    await jest.advanceTimersByTimeAsync(1_501);
    await done;
    expect(handle.exits).toEqual([1]);
    jest.useRealTimers();
  });
});

describe('runMain', () => {
  it('tells bad settings in their own sentences and exits with 78', async () => {
    const handle = new FakeProcess();
    await runMain(() => Promise.reject(new SettingsError(['PORT is not valid.'])), 500, handle);
    expect(handle.written).toBe('PORT is not valid.\n');
    expect(handle.exits).toEqual([78]);
  });

  it('exits with 1 when starting fails', async () => {
    const handle = new FakeProcess();
    await runMain(() => Promise.reject(new Error('no broker')), 500, handle);
    expect(handle.written).toContain('no broker');
    expect(handle.exits).toEqual([1]);
  });

  it('runs the started app until a signal', async () => {
    const handle = new FakeProcess();
    const done = runMain(() => Promise.resolve(appClosing(() => Promise.resolve())), 500, handle);
    await new Promise(setImmediate);
    handle.emit('SIGTERM');
    await done;
    expect(handle.exits).toEqual([0]);
  });

  it.each(['SIGTERM', 'SIGINT'])('ends a start on %s, cleanly and without a word', async (signal) => {
    const handle = new FakeProcess();
    const start = (stopping: AbortSignal) =>
      new Promise<never>((_, reject) => {
        stopping.addEventListener('abort', () => {
          reject(stopping.reason as Error);
        });
      });
    const done = runMain(start, 500, handle);
    handle.emit(signal);
    await done;
    expect(handle.exits).toEqual([0]);
    expect(handle.written).toBe('');
    expect(handle.eventNames()).toEqual([]);
  });

  it('closes an app whose start was done all the same', async () => {
    const handle = new FakeProcess();
    const close = jest.fn(() => Promise.resolve());
    const done = runMain(() => Promise.resolve(appClosing(close)), 500, handle);
    handle.emit('SIGTERM');
    await done;
    expect(close).toHaveBeenCalledTimes(1);
    expect(handle.exits).toEqual([0]);
  });

  it('dies of a second signal while it starts', () => {
    const handle = new FakeProcess();
    void runMain(() => new Promise(() => undefined), 500, handle);
    handle.emit('SIGTERM');
    handle.emit('SIGTERM');
    expect(handle.kills).toEqual([{ pid: 7, signal: 'SIGTERM', listeners: 0 }]);
  });

  it('exits with 1 when a start that is to stop goes on', async () => {
    jest.useFakeTimers();
    const handle = new FakeProcess();
    const done = runMain(() => new Promise(() => undefined), 500, handle);
    handle.emit('SIGTERM');
    await jest.advanceTimersByTimeAsync(1_501);
    await done;
    expect(handle.exits).toEqual([1]);
    expect(handle.written).toBe('The start did not stop within 500 ms.\n');
    jest.useRealTimers();
  });
});
