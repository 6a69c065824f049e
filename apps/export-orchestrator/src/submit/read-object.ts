import { SluiceError } from '@sluice/contracts';

export type Fields = Readonly<Record<string, unknown>>;

/** A plain JSON object; `what` opens the sentence for anything else. */
export function readObject(value: unknown, pointer: string, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new SluiceError('invalid-request', `${what} must be a JSON object.`, { pointer });
}

export function refuseUnknownKeys(fields: Fields, known: readonly string[], pointer: string): void {
  const unknown = Object.keys(fields).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new SluiceError('unknown-key', `The key is not known; known: ${known.join(', ')}.`, {
    pointer: `${pointer}/${escapePointer(unknown)}`,
  });
}

/** RFC 6901, section 3. */
function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
