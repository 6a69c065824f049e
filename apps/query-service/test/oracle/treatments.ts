import { createHmac } from 'node:crypto';
import { cast } from './casts.js';
import { TEXT, Type, Value } from './types.js';
import { Treatment } from './world.js';

/** A value as the API writes it; NULL where it writes null. Times are in UTC, whatever zone is asked for. */
function apiText(value: Value, type: Type): string | null {
  if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return null;
  return String(cast(value, type, TEXT, 'UTC'));
}

/** HMAC-SHA-256 (hex), as Node makes it. */
export const hashOfText = (text: string, key: Uint8Array): string =>
  createHmac('sha256', key).update(text).digest('hex');

export function hashOf(value: Value, type: Type, key: Uint8Array): Value {
  const text = apiText(value, type);
  return text === null ? null : hashOfText(text, key);
}

/** What stands in an answer instead of a value that may only be selected. */
export function hidden(value: Value, type: Type, treatment: Treatment): Value {
  if (treatment === 'null') return null;
  const points = [...(apiText(value, type) ?? '')];
  return treatment === 'partial' && points.length > 4 ? `***${points.slice(-4).join('')}` : '***';
}
