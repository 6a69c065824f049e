import fc from 'fast-check';
import { Rules, RULES } from './oracle/answer.js';
import { Ask, differenceIn } from './oracle/check-query.js';
import { show } from './oracle/compare-answers.js';
import { callers, queries } from './oracle/queries.js';
import { spellQuery } from './oracle/spell.js';
import { entryOf, sqlOf, worlds } from './oracle/tables.js';
import { CLASSES, TableName, World } from './oracle/world.js';
import { RunningService, startService } from './running-service.js';

/**
 * Generated queries over random small tables, asked of the running service and of an oracle that shares no code with the compiler: the
 * same rows in the same order, the same totals, types and masks, the same refusals. `SLUICE_DIFFERENTIAL_RUNS` and
 * `SLUICE_DIFFERENTIAL_SEED` make it run longer or elsewhere.
 */
const RUNS = Number(process.env['SLUICE_DIFFERENTIAL_RUNS'] ?? 2_000);
const SEED = Number(process.env['SLUICE_DIFFERENTIAL_SEED'] ?? 20_241_103);
const QUERIES_PER_TABLE = 100;
/** Time for one query, all its pages included, on the smallest machine. */
const MS_PER_QUERY = 100;

const NAMES: readonly TableName[] = ['facts', 'owners', 'places'];

async function withService<T>({ rows, now }: World, work: (ask: Ask) => Promise<T>): Promise<T> {
  const setups = NAMES.map((name) => ({ sql: sqlOf(name, rows[name]), dataset: entryOf(name) as never }));
  const service: RunningService = await startService(setups, () => now, CLASSES);
  try {
    return await work((body, { role, tenants }) => service.run(body, { role, tenants }));
  } finally {
    await service.close();
  }
}

/** The shrunk query, the rows and the seed of the first difference that is found; null when there is none. */
async function firstDifference(seed: number, runs: number, rules: Rules = RULES): Promise<string | null> {
  const [world] = fc.sample(worlds, { seed, numRuns: 1 });
  if (!world) throw new Error('no table was made');
  return withService(world, async (ask) => {
    const differs = async (
      made: Parameters<typeof differenceIn>[0],
      caller: Parameters<Ask>[1],
    ): Promise<void> => {
      const difference = await differenceIn(made, caller, world, ask, rules);
      if (difference !== null) throw new Error(difference);
    };
    const outcome = await fc.check(fc.asyncProperty(queries, callers, differs), { numRuns: runs, seed });
    if (!outcome.failed) return null;
    const [made, caller] = outcome.counterexample ?? [];
    const found =
      outcome.errorInstance instanceof Error ? outcome.errorInstance.message : 'it was interrupted';
    const { limit, offset } = made?.query ?? {};
    const body = made && { ...spellQuery(made.query, made.spelling).body, page: { limit, offset } };
    return [
      found,
      `query: ${show(body)}`,
      `caller: ${show(caller)}`,
      `seed: ${seed}`,
      `asked at: ${world.now}`,
      `rows: ${show(world.rows)}`,
    ].join('\n');
  });
}

it(
  'answers as the oracle does',
  async () => {
    for (let done = 0, table = 0; done < RUNS; done += QUERIES_PER_TABLE, table += 1) {
      const difference = await firstDifference(SEED + table, Math.min(QUERIES_PER_TABLE, RUNS - done));
      if (difference !== null) throw new Error(difference);
    }
  },
  60_000 + RUNS * MS_PER_QUERY,
);
