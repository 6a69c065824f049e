/**
 * What it goes through, the specs of language, policy and engine go through too, and are measured.
 *
 * @unmeasured
 */
import { CONDITION_OPERATORS } from '@sluice/query-dsl';
import fc from 'fast-check';
import { Rules } from './oracle/answer.js';
import { readAnswer } from './oracle/compare-answers.js';
import { Coverage } from './oracle/coverage.js';
import { grammar } from './oracle/expressions.js';
import { firstDifference, noticedAfter, withService } from './oracle/search.js';
import { spell, Spelling } from './oracle/spell.js';
import { Caller } from './oracle/world.js';

/**
 * Generated queries over random small tables, asked of the running service and of an oracle that shares no code with the compiler: the
 * same rows in the same order, the same totals, types and masks, the same refusals. `SLUICE_DIFFERENTIAL_RUNS` and
 * `SLUICE_DIFFERENTIAL_SEED` make it run longer or elsewhere.
 */
const RUNS = Number(process.env['SLUICE_DIFFERENTIAL_RUNS'] ?? 2_000);
const SEED = Number(process.env['SLUICE_DIFFERENTIAL_SEED'] ?? 20_241_103);
const QUERIES_PER_TABLE = 200;
/** Most time for one query, all its pages included, on a busy small machine. */
const MS_PER_QUERY = 600;

/** All of the language but `approx_count_distinct`, whose estimate is the engine's own. */
const WORDS = [
  ...'abs any_value avg ceil coalesce concat contains count count_distinct count_rows date_add date_diff date_part'.split(
    ' ',
  ),
  ...'date_trunc exp first floor greatest last least length ln lower max median min mod now nullif power quantile'.split(
    ' ',
  ),
  ...'replace round sign sqrt starts_with stddev substring sum today trim upper in between like case not negate'.split(
    ' ',
  ),
  ...'+ - * / % = <> < <= > >= and or'.split(' '),
  ...'text integer decimal double boolean date timestamp'.split(' ').map((type) => `cast to ${type}`),
  ...['is null', ...CONDITION_OPERATORS],
];

it(
  'answers as the oracle does',
  async () => {
    const coverage = new Coverage();
    let begun = 0;
    // Two services at a time: the engine works outside of JavaScript.
    const lane = async (): Promise<void> => {
      while (begun < RUNS) {
        const seed = SEED + begun;
        const runs = Math.min(QUERIES_PER_TABLE, RUNS - begun);
        begun += runs;
        const difference = await firstDifference({ seed, runs, coverage });
        if (difference !== null) throw new Error(difference);
      }
    };
    await Promise.all([lane(), lane()]);
    expect(coverage.answered).toBeGreaterThan(RUNS * 0.7);
    expect(coverage.withRows).toBeGreaterThan(RUNS * 0.4);
    expect(coverage.walked).toBeGreaterThan(RUNS * 0.05);
    // Fewer may leave something out by chance.
    if (RUNS < 2_000) return;
    expect(WORDS.filter((word) => !coverage.words.has(word))).toEqual([]);
    expect([...coverage.treatments].sort()).toEqual(['clear', 'hash', 'mask', 'null', 'partial']);
    expect([...coverage.forms].sort()).toEqual(['csv', 'json', 'ndjson']);
    expect([...coverage.refusals].sort()).toEqual(['column-masked', 'tenant-forbidden', 'unknown-column']);
  },
  60_000 + RUNS * MS_PER_QUERY,
);

it.each<readonly [string, Partial<Rules>]>([
  ['NULLs first', { nulls: 'first' }],
  ['NULL for true', { unknown: true }],
  ['rows of other tenants', { tenants: 'all' }],
  ['no row filters', { rowFilters: false }],
  ['small groups', { smallestGroups: false }],
  ['another key of hashes', { maskKey: Buffer.alloc(32, 43) }],
])('notices an oracle with a wrong rule: %s', async (_, rules) => {
  await withService(SEED, async (ask, world) => {
    expect(await noticedAfter(rules, ask, world, { seed: SEED, runs: 400 })).not.toBeNull();
  });
});

/** For any condition, each row is in exactly one of three parts: where it holds, where it does not, and where it is NULL. */
it('parts the rows of any condition in three', async () => {
  const caller: Caller = { role: 'admin', tenants: ['CA', 'NY'] };
  await withService(SEED, async (ask) => {
    const total = async (filter?: object): Promise<number | null> => {
      const { body } = await ask({ select: ['id'], page: { limit: 1 }, ...(filter && { filter }) }, caller);
      return readAnswer(Buffer.concat(body)).meta.totalRows;
    };
    const all = await total();
    await fc.assert(
      fc.asyncProperty(grammar.condition, fc.nat(1_000), async (condition, spelling) => {
        const column = spell(condition, new Spelling(spelling));
        const holds = { column, op: 'eq', value: true };
        const parts = [holds, { not: holds }, { column, op: 'isNull' }];
        const counts = await Promise.all(parts.map((filter) => total(filter)));
        expect(counts.reduce<number>((sum, count) => sum + Number(count), 0)).toBe(all);
      }),
      { numRuns: 40, seed: SEED },
    );
  });
});
