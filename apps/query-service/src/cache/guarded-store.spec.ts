import { GuardedStore } from './guarded-store.js';

/** A store that does what the test says, and counts. */
class Store {
  readonly opts = {};
  calls = 0;
  answer: () => Promise<unknown> = () => Promise.resolve('v');
  get = <Value>(): Promise<Value> => this.#called() as Promise<Value>;
  set = (): Promise<unknown> => this.#called();
  delete = async (): Promise<boolean> => Boolean(await this.#called());
  clear = async (): Promise<void> => void (await this.#called());

  #called(): Promise<unknown> {
    this.calls += 1;
    return this.answer();
  }
}

describe('GuardedStore', () => {
  let store: Store;
  let faults: unknown[];
  let clock: number;
  let guarded: GuardedStore;
  beforeEach(() => {
    [store, faults, clock] = [new Store(), [], 1_000];
    guarded = new GuardedStore(
      store,
      { callMs: 20, restMs: 1_000 },
      (error) => faults.push(error),
      () => clock,
    );
  });
  const fail = () => Promise.reject(new Error('gone'));
  const hang = () => new Promise<never>(() => undefined);

  it.each([fail, hang])('makes a failure a miss, and leaves the store alone', async (answer) => {
    store.answer = answer;
    expect(await guarded.get('k')).toBeUndefined();
    expect([await guarded.get('k'), await guarded.set('k', 'v')]).toEqual([undefined, false]);
    expect([store.calls, faults.length]).toEqual([1, 1]);
  });

  it('probes with one reading after the rest, and comes back with it', async () => {
    store.answer = fail;
    await guarded.get('k');
    clock += 1_000;
    expect(await guarded.set('k', 'v')).toBe(false);
    await Promise.all([guarded.get('k'), guarded.get('k')]);
    expect(store.calls).toBe(2);
    clock += 1_000;
    store.answer = () => Promise.resolve('v');
    expect(await guarded.get('k')).toBe('v');
    expect(await guarded.set('k', 'v')).toBe(true);
    expect([store.calls, faults.length]).toEqual([4, 1]);
  });
});
