import { setTimeout as sleep } from 'node:timers/promises';
import { ServerName } from '../fault-servers.js';
import { Gate } from '../gate.js';
import { World } from '../world.js';
import { AppName } from '../../program-of.js';
import { Arena } from './arena.js';
import { Fault, Target } from './expectations.js';

/** How long the faults last, in ms. */
export interface Spans {
  /** From the death of a killed one to its start. */
  readonly away: number;
  readonly frozen: number;
  readonly slow: number;
}

/** Each way, so a round trip takes 300 ms more. */
const DELAY_MS = 150;
/** A slow process runs so long of each such time, in ms. */
const DUTY = { run: 20, of: 100 } as const;

const SERVERS: Partial<Record<Target, ServerName>> = {
  broker: 'rabbitmq',
  postgres: 'postgres',
  redis: 'redis',
};

/** Does it, and resolves once it is over: what was taken away answers again. */
export function disturb(arena: Arena, target: Target, fault: Fault, spans: Spans): Promise<void> {
  const server = SERVERS[target];
  if (server !== undefined) return disturbServer(arena, server, fault, spans);
  if (target === 'store') return disturbStore(arena, fault, spans);
  return disturbApp(arena.world, target as AppName, fault, spans);
}

async function disturbServer(
  { world, gates }: Arena,
  name: ServerName,
  fault: Fault,
  spans: Spans,
): Promise<void> {
  const gate = gates[name];
  if (fault === 'slow') return slowDown(gate, spans);
  if (fault === 'frozen') {
    await world.servers.freeze(name);
    await sleep(spans.frozen);
    return world.servers.thaw(name);
  }
  if (fault === 'killed') await world.crash(name);
  else await world.servers.end(name);
  // Nobody listens on its port: that is what its callers see.
  await gate.shut();
  if (fault === 'killed') await sleep(spans.away);
  await world.servers.startAgain(name);
  await gate.open();
}

/** The store itself is no process of its own here; its gate does to its callers what its end, stop or slowness would. */
async function disturbStore({ world, gates }: Arena, fault: Fault, spans: Spans): Promise<void> {
  const gate = gates.store;
  if (fault === 'slow') return slowDown(gate, spans);
  if (fault === 'frozen') {
    gate.hold();
    await sleep(spans.frozen);
    gate.release();
  } else {
    await gate.shut();
    if (fault === 'killed') await sleep(spans.away);
    await gate.open();
  }
  // An upload whose giving up did not reach the store stays there, until it is old enough for the reaper.
  world.marks.workerKilledAt = Date.now();
}

async function slowDown(gate: Gate, { slow }: Spans): Promise<void> {
  gate.delayMs = DELAY_MS;
  await sleep(slow);
  gate.delayMs = 0;
}

async function disturbApp(world: World, app: AppName, fault: Fault, spans: Spans): Promise<void> {
  const names = world.namesOf([app]);
  const services = names.map((name) => world.services[name]);
  const signal = (which: NodeJS.Signals): void => services.forEach((service) => service.signal(which));
  switch (fault) {
    case 'killed':
      await Promise.all(names.map((name) => world.kill(name)));
      await sleep(spans.away);
      return world.mend();
    case 'restarted':
      await Promise.all(names.map((name) => world.restartCleanly(name)));
      return;
    case 'frozen':
      signal('SIGSTOP');
      await sleep(spans.frozen);
      signal('SIGCONT');
      return;
    case 'slow':
      for (const until = Date.now() + spans.slow; Date.now() < until;) {
        signal('SIGSTOP');
        await sleep(DUTY.of - DUTY.run);
        signal('SIGCONT');
        await sleep(DUTY.run);
      }
  }
}
