import { SluiceError } from '@sluice/contracts';

/** Nesting that a message may have; far above what the query language allows, far below what a stack holds. */
const MAX_DEPTH = 200;

/**
 * Copies a message as a wire would: objects and arrays anew and frozen, `undefined` properties dropped, `Uint8Array`
 * by reference and without a copy (neither side writes to it once it is sent). So sender and receiver share nothing
 * that can change, and what works in one process works between two.
 *
 * @throws SluiceError `limit-exceeded` for a message nested too deep; TypeError for what JSON cannot carry
 *   (functions, bigints, dates, maps, NaN).
 */
export function detach(value: unknown): unknown {
  return copy(value, 0);
}

function copy(value: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH) throw tooDeep();
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return copyArray(value, depth);
  if (isRecord(value)) return copyRecord(value, depth);
  if (value === undefined && depth === 0) return undefined;
  throw new TypeError(`A message can hold plain data only, not ${Object.prototype.toString.call(value)}.`);
}

// Loops, since each message of the single process goes through here twice: `map` and `fromEntries` took three times as long.

function copyArray(value: readonly unknown[], depth: number): readonly unknown[] {
  const copied: unknown[] = [];
  for (const item of value) copied.push(copy(item ?? null, depth + 1));
  return Object.freeze(copied);
}

function copyRecord(value: Record<string, unknown>, depth: number): Readonly<Record<string, unknown>> {
  const copied: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const item = value[key];
    if (item === undefined) continue;
    const own = copy(item, depth + 1);
    // An assignment would set the prototype.
    if (key === '__proto__') Object.defineProperty(copied, key, { value: own, enumerable: true });
    else copied[key] = own;
  }
  return Object.freeze(copied);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === '[object Object]';
}

function tooDeep(): SluiceError {
  return new SluiceError('limit-exceeded', `The request is nested deeper than ${MAX_DEPTH} levels.`, {
    limit: { name: 'messageDepth', value: MAX_DEPTH },
  });
}
