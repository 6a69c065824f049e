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

  it('does not open on bad files', async () => {
    const open = GovernanceFiles.open(
      () => Promise.reject(new Error('bad')),
      () => undefined,
    );
    await expect(open).rejects.toThrow('bad');
  });
});
