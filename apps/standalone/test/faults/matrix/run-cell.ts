import { setTimeout as sleep } from 'node:timers/promises';
import { Exchange } from '../load/exchange.js';
import { LoadPlan, STEADY } from '../load/load-plan.js';
import { SteadyLoad } from '../load/steady-load.js';
import { until } from '../until.js';
import { verifyWorld } from '../verify/verify-world.js';
import { AppName } from '../../program-of.js';
import { Arena } from './arena.js';
import { disturb, Spans } from './disturb.js';
import { EXPECTED, Fault, Target } from './expectations.js';
import { answeredIds, lostRecords } from './lost-records.js';
import { isRight, objectionTo, sightingsOf } from './sightings.js';

/** How a cell is run. Times in ms. */
export interface Pace extends Spans {
  readonly before: number;
  /** So long every answer has to be right before the world counts as recovered. */
  readonly good: number;
  /** How many times what is expected recovery may take: a machine with other work is slow to start programs. */
  readonly patience: number;
  readonly plan: LoadPlan;
}

export const LONG: Pace = {
  before: 5_000,
  away: 3_000,
  frozen: 10_000,
  slow: 10_000,
  good: 5_000,
  patience: 3,
  plan: STEADY,
};

/** What was seen of a cell. */
export interface CellResult {
  readonly target: Target;
  readonly fault: Fault;
  readonly asked: number;
  readonly queries: ReadonlyMap<string, number>;
  readonly exports: ReadonlyMap<string, number>;
  readonly files: ReadonlyMap<string, number>;
  /** The longest that any client waited for an answer, in ms. */
  readonly longestMs: number;
  /** From the end of the fault to the last answer that was not right, in ms. */
  readonly backAfterMs: number;
  readonly jobs: number;
  readonly jobsLost: number;
  readonly longestJobMs: number;
  readonly records: number;
  readonly recordsLost: number;
  /** What must never be. */
  readonly never: readonly string[];
  /** Polite refusals where none are promised: a machine with too much other work may be the reason. */
  readonly unexpected: readonly string[];
}

/** Least time to recover that a loaded machine is given, in ms. */
const LEAST_RECOVERY_MS = 20_000;
/** For services that have only just started, on a machine that may have other work. */
const STEADY_MS = 240_000;

/** Runs the load before, during and after one fault, then looks at everything that is left. */
export async function runCell(arena: Arena, target: Target, fault: Fault, pace: Pace): Promise<CellResult> {
  const { world } = arena;
  const expected = EXPECTED[target][fault];
  const load = await SteadyLoad.start(world, pace.plan);
  try {
    const steadyAt = await steady(load, pace.before);
    const faultAt = Date.now();
    const [, dead] = await Promise.all([disturb(arena, target, fault, pace), deadServices(arena, target)]);
    const healedAt = Date.now();
    const limit = Math.max(expected.backWithin * 1_000, LEAST_RECOVERY_MS) * pace.patience;
    const late = await neverRecovered(load, healedAt, pace.good, limit);
    const cutOff = load.exchanges.filter((one) => one.kind === 'submit' && !isRight(one));
    // Whoever got no answer asks again; only then may the trail hold the same thing twice.
    for (const { from, to } of cutOff) world.disturbances.note({ from, to });
    await load.stop();
    return await judge(arena, load, {
      target,
      fault,
      steadyAt,
      faultAt,
      healedAt,
      found: [...dead, ...late],
    });
  } finally {
    await load.stop();
  }
}

/** Waits until each kind of request was answered, and then for the time before the fault; tells when that began. */
async function steady(load: SteadyLoad, beforeMs: number): Promise<number> {
  const last = (): string => JSON.stringify(load.exchanges.filter((one) => !isRight(one)).slice(-5));
  await until(
    () => `each kind of request is answered; last not: ${last()}`,
    () => (answersAll(load.exchanges, 0) ? true : undefined),
    STEADY_MS,
    100,
  );
  const steadyAt = Date.now();
  await sleep(beforeMs);
  return steadyAt;
}

/** Waits until everything is answered rightly again; says so when that does not come about. */
async function neverRecovered(
  load: SteadyLoad,
  healedAt: number,
  goodMs: number,
  limit: number,
): Promise<readonly string[]> {
  const good = (): true | undefined => {
    const since = Math.max(healedAt, lastWrong(load.exchanges));
    return Date.now() - since >= goodMs && answersAll(load.exchanges, since) ? true : undefined;
  };
  return until('everything is answered again', good, limit + goodMs, 100).then(
    () => [],
    (error: unknown) => [String(error)],
  );
}

/** Whether each kind of request of each tenant that was sent since has been answered rightly. */
function answersAll(exchanges: readonly Exchange[], since: number): boolean {
  const right = exchanges.filter((one) => one.from >= since && isRight(one));
  const seen = new Set(right.map(({ kind, tenant }) => `${kind} ${tenant}`));
  return ['query', 'submit', 'look', 'file'].every((kind) =>
    ['CA', 'TX'].every((tenant) => seen.has(`${kind} ${tenant}`)),
  );
}

function lastWrong(exchanges: readonly Exchange[]): number {
  return exchanges.reduce((last, one) => (isRight(one) ? last : Math.max(last, one.to)), 0);
}

/** Services that say during the fault that they are broken for good, for which a platform would restart them. */
async function deadServices({ world }: Arena, target: Target): Promise<readonly string[]> {
  const disturbed = world.namesOf([target as AppName]).map((name) => world.services[name]);
  const others = world.parts.filter((service) => !disturbed.includes(service));
  const alive = await Promise.all(others.map((service) => service.isAlive()));
  return others.flatMap(({ name }, index) => (alive[index] ? [] : [`${name} is not alive during the fault`]));
}

interface Course {
  readonly target: Target;
  readonly fault: Fault;
  /** From then on everything counts. */
  readonly steadyAt: number;
  readonly faultAt: number;
  readonly healedAt: number;
  /** What was found on the way. */
  readonly found: readonly string[];
}

async function judge({ world }: Arena, load: SteadyLoad, course: Course): Promise<CellResult> {
  const { target, fault, steadyAt, faultAt, healedAt, found } = course;
  const down = world.down().map((name) => `${name} ended by itself`);
  const missing = await lostRecords(world, load);
  const violations = await verifyWorld(world);
  const { jobs } = load;
  const exchanges = load.exchanges.filter(({ to }) => to >= steadyAt);
  const unserved = jobs.filter(({ state, delivered }) => state !== 'Succeeded' || !delivered);
  const expected = EXPECTED[target][fault];
  const objections = exchanges
    .map((one) => objectionTo(one, expected, faultAt))
    .filter((one) => one !== null);
  return {
    target,
    fault,
    asked: exchanges.length,
    queries: sightingsOf(exchanges, 'queries'),
    exports: sightingsOf(exchanges, 'exports'),
    files: sightingsOf(exchanges, 'files'),
    longestMs: Math.max(...exchanges.map(({ from, to }) => to - from)),
    backAfterMs: Math.max(lastWrong(exchanges) - healedAt, 0),
    jobs: jobs.length,
    jobsLost: unserved.length,
    longestJobMs: Math.max(...jobs.map(({ acceptedAt, endedAt }) => (endedAt ?? Date.now()) - acceptedAt)),
    records: answeredIds(load).length,
    recordsLost: missing.length,
    never: [
      ...objections.flatMap(({ kind, what }) => (kind === 'never' ? [what] : [])),
      ...found,
      ...down,
      ...unserved.map(
        ({ jobId, state }) => `job ${jobId} was accepted and is ${state}, without a right file`,
      ),
      ...missing.map((id) => `request ${id} was answered and is not in the trail`),
      ...violations.map(({ invariant, what }) => `${invariant}: ${what}`),
    ],
    unexpected: objections.flatMap(({ kind, what }) => (kind === 'unexpected' ? [what] : [])),
  };
}
