import { scoreLines, scoresOf } from './scores.mjs';

const mutants = (...statuses: string[]) => ({ mutants: statuses.map((status) => ({ status })) });

describe('the mutation score', () => {
  it('counts by library what was noticed of what could be', () => {
    const scores = scoresOf({
      files: {
        'libs/query-dsl/src/a.ts': mutants('Killed', 'Survived', 'Ignored', 'RuntimeError'),
        'libs/query-dsl/src/b.ts': mutants('Timeout', 'NoCoverage', 'Killed'),
        'libs/policy/src/c.ts': mutants('Killed'),
      },
    });
    expect(scoreLines(scores)).toEqual([
      'mutation score, policy: 100.0 % (1 of 1 mutants killed)',
      'mutation score, query-dsl: 60.0 % (3 of 5 mutants killed)',
      'mutation score, in all: 66.7 % (4 of 6 mutants killed)',
    ]);
  });

  it('claims nothing where nothing was changed', () => {
    expect(scoreLines(scoresOf({ files: { 'libs/policy/src/a.ts': mutants('Ignored') } }))[0]).toBe(
      'mutation score, policy: nothing to change (0 of 0 mutants killed)',
    );
  });
});
