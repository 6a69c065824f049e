import { GovernanceFiles } from './governance-files.js';
import { Governance } from './plan-query.js';

const governance = (name: string): Governance => ({ name }) as unknown as Governance;

describe('GovernanceFiles', () => {
  it('takes up what is new and keeps the old when the new is bad, saying so once', async () => {
    const bad = () => Promise.reject(new Error('bad'));
    const loads = [async () => governance('one'), async () => governance('two'), bad, bad];
    const refused: unknown[] = [];
    const files = await GovernanceFiles.open(
      () => (loads.shift() ?? bad)(),
      (error) => refused.push(error),
    );
    expect(files.current()).toEqual(governance('one'));
    await files.refresh();
    expect(files.current()).toEqual(governance('two'));
    await files.refresh();
    await files.refresh();
    expect(files.current()).toEqual(governance('two'));
    expect(refused).toEqual([new Error('bad')]);
  });

  it('says what is wrong again when it changes, or comes back after a good load', async () => {
    const outcomes = ['one', 'a', 'b', 'b', 'two', 'b', 'b', ''].map((name) => async () => {
      if (name.length > 1) return governance(name);
      throw new Error(name);
    });
    const refused: unknown[] = [];
    const files = await GovernanceFiles.open(
      () => outcomes.shift()!(),
      (error) => refused.push((error as Error).message),
    );
    while (outcomes.length > 0) await files.refresh();
    expect(refused).toEqual(['a', 'b', 'b', '']);
    expect(files.current()).toEqual(governance('two'));
  });

  it('does not open on bad files', async () => {
    const open = GovernanceFiles.open(
      () => Promise.reject(new Error('bad')),
      () => undefined,
    );
    await expect(open).rejects.toThrow('bad');
  });
});
