/** The engine's own text of a fault. Not by `instanceof`: the native binding's errors can come from another realm, as under Jest. */
export function engineMessage(error: unknown): string {
  const message = (error as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : '';
}
