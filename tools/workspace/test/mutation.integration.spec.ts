import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from '../src/command.mjs';
import { pinnedNode, root } from '../src/paths.mjs';

const source = `
const WORDS = { few: 'a few' };
const known = new Map<number, string>();

export function wordFor(amount: number): string {
  const before = known.get(amount);
  if (before !== undefined) return before;
  const word = amount < 3 ? WORDS.few : 'many';
  known.set(amount, word);
  return word;
}

export function sumTo(last: number): number {
  let sum = 0;
  for (let next = 1; next <= last; next++) sum += next;
  return sum;
}

export const unused = (amount: number): number => amount / 2;
`;

/** A whole small workspace for Stryker, by file. */
const files = {
  'package.json': '{}',
  'stryker.config.json': JSON.stringify({
    mutate: ['libs/policy/src/words.ts'],
    testRunner: 'unit-specs',
    plugins: [path.join(root, 'tools/workspace/src/mutation/test-runner.mjs')],
    coverageAnalysis: 'perTest',
    concurrency: 1,
    reporters: ['json'],
    jsonReporter: { fileName: 'report.json' },
  }),
  'libs/policy/src/index.ts': `export * from './words.js';`,
  'libs/policy/src/words.ts': source,
  'libs/policy/src/words.spec.ts': `
    import { wordFor } from './words.js';
    describe('wordFor', () => {
      it.each([[1, 'a few'], [9, 'many']])('tells %d', (amount, word) => {
        expect(wordFor(amount)).toBe(word);
      });
    });`,
  'libs/query-dsl/src/sum.spec.ts': `
    import { sumTo } from '@sluice/policy';
    it('adds up', () => {
      expect(sumTo(4)).toBe(10);
    });`,
};

interface Mutant {
  readonly replacement: string;
  readonly status: string;
  readonly location: { readonly start: { readonly line: number } };
}

describe('the runner for mutation testing', () => {
  let folder: string;
  let mutants: readonly Mutant[];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sluice-mutation-'));
    await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    const put = async (file: string, text: string): Promise<void> => {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), text);
    };
    for (const [file, text] of Object.entries(files)) await put(file, text);
    for (const file of ['jest.project.cjs', 'tools/workspace/src/jest-with-modules.cjs'])
      await put(file, await readFile(path.join(root, file), 'utf8'));
    const stryker = path.join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js');
    const options = { cwd: folder, deadlineMs: 110_000 };
    const { code, output } = await runCommand(pinnedNode(root), [stryker, 'run'], options);
    if (code !== 0) throw new Error(output);
    const report = JSON.parse(await readFile(path.join(folder, 'report.json'), 'utf8'));
    mutants = report.files['libs/policy/src/words.ts'].mutants;
  });

  afterAll(() => rm(folder, { recursive: true }));

  /** Replacement and status of the mutants in the line that holds a text. */
  const inLine = (text: string): Record<string, string> => {
    const line = source.split('\n').findIndex((each) => each.includes(text)) + 1;
    const found = mutants.filter(({ location }) => location.start.line === line);
    return Object.fromEntries(found.map(({ replacement, status }) => [replacement, status]));
  };

  it('keeps what modules remember from one mutant to the next apart, and tells who is noticed', () => {
    expect(inLine('amount < 3')).toEqual({
      true: 'Killed',
      false: 'Killed',
      'amount <= 3': 'Survived',
      'amount >= 3': 'Killed',
      '""': 'Killed',
    });
  });

  it('changes what runs while a module loads', () => {
    expect(inLine('WORDS =')).toEqual({ '{}': 'Killed', '""': 'Killed' });
  });

  it('ends a loop without end', () => {
    expect(inLine('for (')).toMatchObject({ 'next--': 'Timeout', 'next < last': 'Killed' });
  });

  it('runs no test for what no test reaches', () => {
    expect(inLine('unused')).toMatchObject({ 'amount * 2': 'NoCoverage' });
  });
});

it('runs the unit specs of this workspace', async () => {
  const stryker = path.join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  const args = [
    stryker,
    'run',
    '--dryRunOnly',
    '--concurrency',
    '1',
    '--tempDirName',
    '.tools/mutation-dry-run',
  ];
  const { code, output } = await runCommand(pinnedNode(root), args, { cwd: root, deadlineMs: 170_000 });
  expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/Ran \d{4} tests/) });
});
