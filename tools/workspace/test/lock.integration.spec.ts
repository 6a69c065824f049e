import { existsSync } from 'node:fs';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from '../src/lock.mjs';

/** Silence of seconds, since a busy machine may not let anybody beat for one. */
const times = { beat: 50, stale: 3_000, wait: 50_000, poll: 30 };

describe('withLock', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sluice lock '));
    file = path.join(folder, 'sub/prepare.lock');
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function isTaken(): Promise<void> {
    while (!existsSync(file)) await sleep(5);
  }

  it('lets one work at a time, and says when it waits', async () => {
    let inside = 0;
    let most = 0;
    let waits = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      // The first one stays until the others have found it there.
      while (waits < 2) await sleep(10);
      inside -= 1;
    };
    await Promise.all([1, 2, 3].map(() => withLock(file, work, { times, onWait: () => (waits += 1) })));
    expect({ most, waits }).toEqual({ most: 1, waits: 2 });
  });

  it('keeps the lock while its holder beats, for longer than silence would allow', async () => {
    const order: string[] = [];
    const long = withLock(file, async () => sleep(3_600).then(() => order.push('long')), { times });
    await isTaken();
    await withLock(file, () => Promise.resolve(order.push('next')), { times });
    await long;
    expect(order).toEqual(['long', 'next']);
  });

  it('takes over from a holder that was killed', async () => {
    await withLock(file, () => Promise.resolve(), { times });
    await writeFile(file, 'somebody who is gone');
    await utimes(file, new Date(Date.now() - 10_000), new Date(Date.now() - 10_000));
    await expect(withLock(file, () => Promise.resolve('mine'), { times })).resolves.toBe('mine');
  });

  it('is released when the work fails', async () => {
    const failing = withLock(file, () => Promise.reject(new Error('no')), { times });
    await expect(failing).rejects.toThrow('no');
    await expect(withLock(file, () => Promise.resolve('mine'), { times })).resolves.toBe('mine');
  });

  it('gives up with a sentence that names the file', async () => {
    let leave: () => void = () => undefined;
    const holder = withLock(file, () => new Promise<void>((resolve) => (leave = resolve)), { times });
    await isTaken();
    const waiting = withLock(file, () => Promise.resolve(), { times: { ...times, wait: 100 } });
    await expect(waiting).rejects.toThrow(file);
    leave();
    await holder;
  });
});
