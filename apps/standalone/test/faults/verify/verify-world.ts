import { setTimeout as sleep } from 'node:timers/promises';
import { World } from '../world.js';
import { checkAudit } from './check-audit.js';
import { FileChecks } from './check-files.js';
import { checkJobs } from './check-jobs.js';
import { checkLeftovers, reapStaged } from './check-leftovers.js';
import { checkSecrecy } from './check-secrecy.js';
import { Violation } from './violation.js';

/** A job may take the attempts it has, and what is left over goes two leases after its end. */
const SETTLE_MS = 90_000;
const LOOK_EVERY_MS = 250;

const files = new WeakMap<World, FileChecks>();

/**
 * What does not hold of the invariants I1 to I9, once the world has had `settleMs` to come to rest. Everything that a test took down
 * has to run again.
 *
 * I1 every accepted job ends, once; I2 Succeeded means a file that is what its manifest and the oracle say; I3 nothing in the store
 * without Succeeded; I4 only legal transitions; I5 each submission recorded once, each file's run recorded; I6 at most 10 active
 * jobs of a tenant at any time; I7 at most four attempts, with the pauses that are written; I8 nothing left of what was under way;
 * I9 nothing of another tenant anywhere.
 */
export async function verifyWorld(world: World, settleMs = SETTLE_MS): Promise<readonly Violation[]> {
  const deadline = Date.now() + settleMs;
  for (;;) {
    const unsettled = [
      ...(await checkJobs(world)),
      ...(await checkAudit(world)),
      ...(await checkLeftovers(world)),
    ];
    // What does not pass by itself is not worth waiting for longer than a while.
    if (unsettled.length === 0 || Date.now() > deadline) return [...unsettled, ...(await checkAtRest(world))];
    await sleep(LOOK_EVERY_MS);
  }
}

async function checkAtRest(world: World): Promise<readonly Violation[]> {
  const known = files.get(world) ?? new FileChecks();
  files.set(world, known);
  return [...(await known.check(world)), ...(await checkSecrecy(world)), ...(await reapStaged(world))];
}
