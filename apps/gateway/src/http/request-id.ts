/** A caller may choose the id of its request, so that its own log finds ours. Null for anything odd, which is replaced. */
export function chosenRequestId(given: unknown): string | null {
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : null;
}
