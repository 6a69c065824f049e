import { Readiness } from './readiness.js';

describe('Readiness', () => {
  it('asks at most once a second', async () => {
    let now = 0;
    const notReady = jest.fn(() => Promise.resolve(['postgres']));
    const readiness = new Readiness({ name: 'gateway', notReady }, () => now);
    await Promise.all([readiness.notReady(), readiness.notReady()]);
    expect(await readiness.notReady()).toEqual(['postgres']);
    expect(notReady).toHaveBeenCalledTimes(1);
    now = 1_001;
    await readiness.notReady();
    expect(notReady).toHaveBeenCalledTimes(2);
  });

  it('is not ready once it drains, without asking', async () => {
    const notReady = jest.fn(() => Promise.resolve([]));
    const readiness = new Readiness({ name: 'gateway', notReady });
    readiness.drain();
    expect(await readiness.notReady()).toEqual(['gateway']);
    expect(notReady).not.toHaveBeenCalled();
  });
});
