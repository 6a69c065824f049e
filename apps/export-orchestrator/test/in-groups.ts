/** So many that none waits for the lock of its tenant for longer than the orchestrator lets it, on a busy machine. */
const AT_ONCE = 6;

/** Does something so many times, some at a time. */
export async function inGroups<T>(count: number, act: (index: number) => Promise<T>): Promise<readonly T[]> {
  const done: T[] = [];
  while (done.length < count) {
    const group = Array.from({ length: Math.min(AT_ONCE, count - done.length) }, (_, at) => done.length + at);
    done.push(...(await Promise.all(group.map(act))));
  }
  return done;
}
