import { SluiceError } from '@sluice/contracts';
import { SharedRuns } from './shared-runs.js';

interface End {
  readonly resolve: (outcome: string) => void;
  readonly reject: (error: Error) => void;
}

/** A run that ends when the test says so. */
function controlled() {
  const starts: { readonly signal: AbortSignal; readonly end: End }[] = [];
  const start = (signal: AbortSignal): Promise<string> =>
    new Promise((resolve, reject) => {
      starts.push({ signal, end: { resolve, reject } });
    });
  return { starts, start };
}

const patient = (): AbortSignal => new AbortController().signal;

describe('SharedRuns', () => {
  it('runs once for all who ask at the same time, and anew for who comes later', async () => {
    const [runs, { starts, start }] = [new SharedRuns(), controlled()];
    const asked = [runs.run('a', patient(), start), runs.run('a', patient(), start)];
    const other = runs.run('b', patient(), start);
    starts[0]?.end.resolve('one');
    starts[1]?.end.resolve('two');
    expect(await Promise.all([...asked, other])).toEqual(['one', 'one', 'two']);
    const later = runs.run('a', patient(), start);
    starts[2]?.end.resolve('three');
    expect(await later).toBe('three');
  });

  it('lets one leave without disturbing the others, and stops with the last', async () => {
    const [runs, { starts, start }] = [new SharedRuns(), controlled()];
    const [first, second] = [new AbortController(), new AbortController()];
    const asked = [runs.run('a', first.signal, start), runs.run('a', second.signal, start)];
    first.abort();
    await expect(asked[0]).rejects.toMatchObject({ code: 'query-canceled' });
    expect(starts[0]?.signal.aborted).toBe(false);
    second.abort(new SluiceError('query-timeout', 'Too long.'));
    await expect(asked[1]).rejects.toMatchObject({ code: 'query-timeout' });
    expect(starts[0]?.signal.aborted).toBe(true);
  });

  it('gives nobody a run that was given up or that failed before', async () => {
    const [runs, { starts, start }] = [new SharedRuns(), controlled()];
    const leaving = new AbortController();
    const left = runs.run('a', leaving.signal, start);
    leaving.abort();
    await expect(left).rejects.toThrow();
    const asked = [runs.run('a', patient(), start), runs.run('a', patient(), start)];
    starts[0]?.end.reject(new Error('stopped'));
    starts[1]?.end.reject(new Error('broken'));
    const outcomes = await Promise.allSettled(asked);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const fresh = runs.run('a', patient(), start);
    starts[2]?.end.resolve('well');
    expect(await fresh).toBe('well');
  });

  it('does not begin for somebody who is gone already', async () => {
    const [runs, { starts, start }] = [new SharedRuns(), controlled()];
    await expect(runs.run('a', AbortSignal.abort(), start)).rejects.toMatchObject({ code: 'query-canceled' });
    expect(starts).toEqual([]);
  });
});
