import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from '../src/lock.mjs';

const times = { beat: 50, stale: 400, wait: 5_000, poll: 30 };

describe('withLock', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sluice lock '));
    file = path.join(folder, 'sub/prepare.lock');
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('lets one work at a time, and says when it waits', async () => {
    let inside = 0;
    let most = 0;
    let waits = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(60);
      inside -= 1;
    };
    await Promise.all([1, 2, 3].map(() => withLock(file, work, { times, onWait: () => (waits += 1) })));
    expect({ most, waits }).toEqual({ most: 1, waits: 2 });
  });

  it('keeps the lock while its holder beats, for longer than silence would allow', async () => {
    const order: string[] = [];
    const long = withLock(file, async () => sleep(900).then(() => order.push('long')), { times });
    await sleep(30);
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
    const holder = withLock(file, () => sleep(600), { times });
    await sleep(30);
    const waiting = withLock(file, () => Promise.resolve(), { times: { ...times, wait: 100 } });
    await expect(waiting).rejects.toThrow(file);
    await holder;
  });
});
