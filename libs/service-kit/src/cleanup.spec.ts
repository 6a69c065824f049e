import { Cleanup } from './cleanup.js';

describe('Cleanup', () => {
  it('closes in the opposite order, each once, whatever one of them throws', async () => {
    const closed: string[] = [];
    const failed: string[] = [];
    const cleanup = new Cleanup((name) => failed.push(name));
    for (const name of ['database', 'bus', 'app']) {
      cleanup.add(name, async () => {
        closed.push(name);
        if (name === 'bus') throw new Error('stuck');
      });
    }
    await cleanup.run();
    await cleanup.run();
    expect(closed).toEqual(['app', 'bus', 'database']);
    expect(failed).toEqual(['bus']);
  });
});
