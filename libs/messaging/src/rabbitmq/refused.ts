import { BusObserver, RefusedMessage } from '../faults.js';
import { Expected } from './sealer.js';

const LONGEST_ID = 100;

/** Tells of a message that does not carry a valid seal. */
export function tellRefused(
  observer: BusObserver,
  { kind, name, correlationId }: Expected,
  reason: RefusedMessage['reason'],
): void {
  const id = correlationId === '' ? null : correlationId.slice(0, LONGEST_ID);
  observer.onRefused?.({ kind, name, reason, correlationId: id });
}

/** A property as its sender wrote it; empty when there is none. */
export function textOf(property: unknown): string {
  return typeof property === 'string' ? property : '';
}
