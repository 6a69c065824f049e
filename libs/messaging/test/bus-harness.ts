import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { defineEvent, defineRpc, EventDefinition, RpcDefinition, SluiceError } from '@sluice/contracts';
import { DeadLetter, HandlerFault, MessageBus } from '../src/index.js';

/** What the suite needs of an adapter. */
export interface BusHarness {
  /** Two ends of one bus: two connections where there is a network, else the same object. */
  open(observer: BusObservations): Promise<{ readonly asker: MessageBus; readonly server: MessageBus }>;
}

/** Everything that the buses of a test told their observer. */
export class BusObservations {
  readonly letters: DeadLetter[] = [];
  readonly faults: HandlerFault[] = [];
  readonly onDeadLetter = (letter: DeadLetter): void => void this.letters.push(letter);
  readonly onFault = (fault: HandlerFault): void => void this.faults.push(fault);
}

export async function until(condition: () => boolean, withinMs = 45_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Not so within ${withinMs} ms: ${condition.toString()}`);
    await delay(10);
  }
}

export async function failure(promise: Promise<unknown>): Promise<SluiceError> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (outcome instanceof SluiceError) return outcome;
  throw new Error(`Expected a SluiceError, got ${String(outcome)}`);
}

/** What a test of the suite works with; filled anew before each. */
export interface BusEnds {
  asker: MessageBus;
  server: MessageBus;
  observations: BusObservations;
}

/** Definitions with names of their own, so that tests do not meet on a broker. */
export function newRpc<Req, Res>(timeoutMs = 50_000): RpcDefinition<Req, Res> {
  return defineRpc(`test.${randomUUID()}`, timeoutMs);
}

export function newEvent<T>(maxDeliveries = 3): EventDefinition<T> {
  return defineEvent(`test.${randomUUID()}`, maxDeliveries);
}
