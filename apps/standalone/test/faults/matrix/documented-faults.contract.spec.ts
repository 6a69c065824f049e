import { expectedTable } from './fault-table.js';
import { readSection } from './faults-page.js';

describe('docs/faults.md', () => {
  it('promises of each fault what the fault matrix asks for', async () => {
    expect(await readSection('expected')).toBe(expectedTable());
  });
});
