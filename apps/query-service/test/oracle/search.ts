import fc from 'fast-check';
import { RunningService, startService } from '../running-service.js';
import { answer, Rules, RULES } from './answer.js';
import { Ask, differenceIn } from './check-query.js';
import { show } from './compare-answers.js';
import { Coverage } from './coverage.js';
import { callers, queries } from './queries.js';
import { spellQuery } from './spell.js';
import { entryOf, sqlOf, worlds } from './tables.js';
import { Query } from './tree.js';
import { Caller, CLASSES, ROW_FILTERS, SMALLEST_GROUP, TableName, World } from './world.js';

const NAMES: readonly TableName[] = ['facts', 'owners', 'places'];

/** Runs the service over the tables that follow from a seed. */
export async function withService<T>(seed: number, work: (ask: Ask, world: World) => Promise<T>): Promise<T> {
  const [world] = fc.sample(worlds, { seed, numRuns: 1 });
  if (!world) throw new Error('No table was made.');
  const { rows, now } = world;
  const setups = NAMES.map((name) => ({ sql: sqlOf(name, rows[name]), dataset: entryOf(name) as never }));
  const service: RunningService = await startService(setups, {
    clock: () => now,
    policy: { version: 1, classes: CLASSES, rows: ROW_FILTERS, smallestGroup: SMALLEST_GROUP },
  });
  try {
    return await work(
      (body, { role, tenants }, form) =>
        service.run(body, { role, tenant: tenants.join('+'), ...(form && { form }) }),
      world,
    );
  } finally {
    await service.close();
  }
}

export interface Search {
  readonly seed: number;
  readonly runs: number;
  readonly coverage?: Coverage;
}

/** The first difference that is found, with the shrunk query, the rows and the seed; null when there is none. */
export function firstDifference({ seed, runs, coverage }: Search): Promise<string | null> {
  return withService(seed, async (ask, world) => {
    const property = fc.asyncProperty(queries, callers, async (made, caller) => {
      const difference = await differenceIn(made, caller, answer(made.query, world, caller), ask);
      if (difference !== null) throw new Error(difference);
      coverage?.add(made.query, answer(made.query, world, caller));
    });
    const { failed, counterexample, errorInstance } = await fc.check(property, { numRuns: runs, seed });
    if (!failed) return null;
    const [made, caller] = counterexample ?? [];
    const problem = errorInstance instanceof Error ? errorInstance.message : 'it was interrupted';
    return [problem, ...(made && caller ? describe(made, caller) : []), `seed ${seed}, ${show(world)}`].join(
      '\n',
    );
  });
}

function describe(
  made: { readonly query: Query; readonly spelling: number },
  caller: Caller,
): readonly string[] {
  const { limit, offset, form } = made.query;
  const { body } = spellQuery(made.query, made.spelling);
  return [`query ${show({ ...body, page: { limit, offset } })}`, `asked by ${show(caller)} as ${form}`];
}

/** After how many queries an oracle with wrong rules is found out; null when it is not. */
export function noticedAfter(
  rules: Partial<Rules>,
  ask: Ask,
  world: World,
  { seed, runs }: Search,
): Promise<number | null> {
  const property = fc.asyncProperty(queries, callers, async (made, caller) => {
    const expected = answer(made.query, world, caller, { ...RULES, ...rules });
    return (await differenceIn(made, caller, expected, ask)) === null;
  });
  return fc
    .check(property, { numRuns: runs, seed, endOnFailure: true })
    .then(({ failed, numRuns }) => (failed ? numRuns : null));
}
