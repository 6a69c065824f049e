import { Readable } from 'node:stream';
import { armFailpoint, failpointIn, passFailpoint } from './failpoint.js';

describe('a failpoint', () => {
  let kill: jest.SpiedFunction<typeof process.kill>;
  beforeEach(() => {
    kill = jest.spyOn(process, 'kill').mockReturnValue(true);
  });
  afterEach(() => {
    kill.mockRestore();
    armFailpoint({});
  });

  it('does nothing unless it is armed', () => {
    expect(armFailpoint({})).toBe(false);
    passFailpoint('worker.claimed');
    expect(kill).not.toHaveBeenCalled();
    const stream = Readable.from(['a']);
    expect(failpointIn('worker.chunk', stream)).toBe(stream);
  });

  it('strikes once, at the passage it is armed for', () => {
    expect(armFailpoint({ SLUICE_FAILPOINT: 'worker.claimed:2' })).toBe(true);
    passFailpoint('worker.received');
    passFailpoint('worker.claimed');
    expect(kill).not.toHaveBeenCalled();
    passFailpoint('worker.claimed');
    passFailpoint('worker.claimed');
    expect(kill.mock.calls).toEqual([[process.pid, 'SIGKILL']]);
  });

  it('counts the pieces of a stream, which passes whole', async () => {
    armFailpoint({ SLUICE_FAILPOINT: 'worker.chunk:2:stop' });
    const pieces = await failpointIn(
      'worker.chunk',
      Readable.from([Buffer.from('a'), Buffer.from('b')]),
    ).toArray();
    expect(Buffer.concat(pieces as Buffer[]).toString()).toBe('ab');
    expect(kill.mock.calls).toEqual([[process.pid, 'SIGSTOP']]);
  });

  it('makes a stream slow from the piece it is armed for on', async () => {
    armFailpoint({ SLUICE_FAILPOINT: 'worker.chunk:2:slow,worker.cleanup' });
    const waits = jest.spyOn(globalThis, 'setTimeout');
    const piece = Buffer.alloc(50_000);
    const pieces = await failpointIn('worker.chunk', Readable.from([piece, piece, piece])).toArray();
    expect(Buffer.concat(pieces as Buffer[])).toHaveLength(150_000);
    expect(waits.mock.calls.map(([, ms]) => ms)).toEqual([200, 200]);
    waits.mockRestore();
    passFailpoint('worker.chunk');
    expect(kill).not.toHaveBeenCalled();
    passFailpoint('worker.cleanup');
    expect(kill.mock.calls).toEqual([[process.pid, 'SIGKILL']]);
  });

  it('tells the reader of a stream that it broke', async () => {
    armFailpoint({ SLUICE_FAILPOINT: 'worker.chunk:9' });
    const broken = new Readable({ read: () => undefined });
    const read = failpointIn('worker.chunk', broken).toArray();
    broken.destroy(new Error('the disk is gone'));
    await expect(read).rejects.toThrow('the disk is gone');
  });

  it.each([
    'worker.claim',
    'worker.claimed:0',
    'worker.claimed:x',
    'worker.claimed:1:hang',
    'worker.claimed:1:stop:2',
    'worker.claimed:1:slow',
    'worker.claimed,',
    'worker.claimed,worker.claimed:2',
  ])('refuses %s', (text) => {
    expect(() => armFailpoint({ SLUICE_FAILPOINT: text })).toThrow('SLUICE_FAILPOINT names no failpoint.');
  });
});
