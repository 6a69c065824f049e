import { GovernanceFiles } from './governance-files.js';
import { Governance } from './plan-query.js';

const governance = (name: string): Governance => ({ name }) as unknown as Governance;

describe('GovernanceFiles', () => {
  it('takes up what is new and keeps the old when the new is bad', async () => {
    const loads = [
      Promise.resolve(governance('one')),
      Promise.resolve(governance('two')),
      Promise.reject(new Error('bad')),
    ];
    loads[2]?.catch(() => undefined);
    const refused: unknown[] = [];
    const files = await GovernanceFiles.open(
      () => loads.shift() as Promise<Governance>,
      (error) => refused.push(error),
    );
    expect(files.current()).toEqual(governance('one'));
    await files.refresh();
    expect(files.current()).toEqual(governance('two'));
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
