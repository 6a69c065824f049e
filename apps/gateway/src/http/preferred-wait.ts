/** The longest that any query may run, in seconds (SPEC Q11). */
const MOST_SECONDS = 300;

/**
 * How long the caller is ready to wait, in seconds: `Prefer: wait=20` (RFC 7240). Null for none, and for one that cannot be honoured: the
 * standard has preferences that are not understood passed over, and the answer shows by `Preference-Applied` which was not.
 */
export function preferredWait(prefer: string | null): number | null {
  const waits = (prefer ?? '')
    .split(',')
    .map((preference) => /^\s*wait\s*=\s*"?(\d{1,3})"?\s*(?:;.*)?$/i.exec(preference)?.[1])
    .filter((digits) => digits !== undefined);
  // The first one counts, as for all preferences.
  const seconds = Number(waits[0] ?? 0);
  return seconds >= 1 && seconds <= MOST_SECONDS ? seconds : null;
}
