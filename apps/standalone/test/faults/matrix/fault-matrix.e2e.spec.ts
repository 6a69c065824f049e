import { Arena, PATIENT } from './arena.js';
import { Fault, Target } from './expectations.js';
import { STEADY } from '../load/load-plan.js';
import { Pace, runCell } from './run-cell.js';

/**
 * The fault matrix in short. What must never be is judged as in the long form; how fast things go, and whether a service was late though no
 * fault was, is not: other tests and programs may keep the machine busy.
 */
const SHORT: Pace = {
  before: 1_000,
  away: 1_000,
  frozen: 4_000,
  slow: 4_000,
  good: 2_000,
  patience: 6,
  plan: { ...STEADY, queryClients: 2, openJobs: 3, waitSeconds: 10, slack: 60_000 },
};
const CELLS: readonly (readonly [Target, Fault])[] = [
  ['broker', 'killed'],
  ['query-service', 'killed'],
  ['postgres', 'killed'],
  ['redis', 'frozen'],
  ['gateway', 'restarted'],
];
const CELL_MS = 900_000;

let arena: Arena;
beforeAll(async () => {
  // No worker is disturbed here, so nothing waits for a lease.
  arena = await Arena.create(PATIENT);
}, 400_000);
afterAll(() => arena.destroy(), 120_000);

describe('under a steady load', () => {
  it.each(CELLS)(
    '%s %s',
    async (target, fault) => {
      const { never } = await runCell(arena, target, fault, SHORT);
      expect(never).toEqual([]);
      arena.forget();
    },
    CELL_MS,
  );
});
