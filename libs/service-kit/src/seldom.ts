/** Lets a report through when it differs from the last one, and the same one once in `everyMs` (a minute). */
export function seldom(
  report: (error: unknown) => void,
  everyMs = 60_000,
  now: () => number = () => performance.now(),
): (error: unknown) => void {
  let last = { text: '', at: -Infinity };
  return (error) => {
    const text = error instanceof Error ? error.message : String(error);
    if (text === last.text && now() - last.at < everyMs) return;
    last = { text, at: now() };
    report(error);
  };
}
