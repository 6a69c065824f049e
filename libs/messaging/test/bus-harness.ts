import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { defineEvent, defineRpc, EventDefinition, RpcDefinition, SluiceError } from '@sluice/contracts';
import { DeadLetter, HandlerFault, KeysOf, MessageBus, RefusedMessage } from '../src/index.js';
import { z } from 'zod';

/** What the suite needs of an adapter. */
export interface BusHarness {
  /** Two ends of one bus: two connections where there is a network, else the same object. */
  open(observer: BusObservations): Promise<{ readonly asker: MessageBus; readonly server: MessageBus }>;
}

/** Everything that the buses of a test told their observer. */
export class BusObservations {
  readonly letters: DeadLetter[] = [];
  readonly faults: HandlerFault[] = [];
  readonly refused: RefusedMessage[] = [];
  readonly onDeadLetter = (letter: DeadLetter): void => void this.letters.push(letter);
  readonly onFault = (fault: HandlerFault): void => void this.faults.push(fault);
  readonly onRefused = (message: RefusedMessage): void => void this.refused.push(message);
}

export async function until(condition: () => boolean, withinMs = 30_000): Promise<void> {
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

/** What a test asks of a definition beside its name, which is its own so that tests do not meet on a broker. */
interface Schemas<Req, Res> {
  readonly request?: z.ZodType<Req>;
  readonly response?: z.ZodType<Res>;
}

const anything = z.custom<never>(() => true);
/** Whom the messages of tests are for. */
export const SERVICE = 'test-service';

export function newRpc<Req, Res>(
  timeoutMs = 30_000,
  schemas: Schemas<Req, Res> = {},
): RpcDefinition<Req, Res> {
  const name = `test.${randomUUID()}`;
  return defineRpc({ name, service: SERVICE, timeoutMs, request: anything, response: anything, ...schemas });
}

export function newEvent<T>(maxDeliveries = 3, message: z.ZodType<T> = anything): EventDefinition<T> {
  return defineEvent({ name: `test.${randomUUID()}`, service: SERVICE, maxDeliveries, message });
}

/** Keys as an installation has them: another one for each service. */
export const keysOf: KeysOf = (service) => [createHash('sha256').update(`key of ${service}`).digest()];
