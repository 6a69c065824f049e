interface Turn<T> {
  readonly waiting: Set<T>;
  running: number;
  /** When the tenant came, or was last served, on the line's own clock: who has the smallest is next among equals. */
  since: number;
}

/**
 * A line in which tenants take turns. Next is a tenant with the fewest running; among several, the one that was served longest ago; of a
 * tenant's own, who came first. One who comes (back) stands behind all who wait, as if just served: otherwise a crowd of tenants with one
 * request each would pass a busy one for ever.
 */
export class FairLine<T> {
  private readonly turns = new Map<string, Turn<T>>();
  private clock = 0;
  private length = 0;

  get size(): number {
    return this.length;
  }

  join(tenant: string, item: T): void {
    this.turnOf(tenant).waiting.add(item);
    this.length += 1;
  }

  leave(tenant: string, item: T): void {
    if (this.turns.get(tenant)?.waiting.delete(item) !== true) return;
    this.length -= 1;
    this.forgetIdle(tenant);
  }

  /** Whose turn it is; stays in the line. Looks at each waiting tenant once. */
  next(): T | undefined {
    let best: Turn<T> | undefined;
    for (const turn of this.turns.values()) {
      if (turn.waiting.size > 0 && (best === undefined || isBefore(turn, best))) best = turn;
    }
    return best?.waiting.values().next().value;
  }

  /**
   * Who has to leave so that one more of `tenant` may join a full line: the last of the tenant that waits with the most. Nobody, unless that
   * tenant still holds no fewer places than the other afterwards. So one tenant can use the whole line, but not keep others out of it.
   */
  displacedBy(tenant: string): T | undefined {
    let longest: Turn<T> | undefined;
    for (const turn of this.turns.values()) {
      if (turn.waiting.size > (longest?.waiting.size ?? 0)) longest = turn;
    }
    const own = this.turns.get(tenant)?.waiting.size ?? 0;
    return longest && longest.waiting.size > own + 1 ? [...longest.waiting].at(-1) : undefined;
  }

  started(tenant: string): void {
    const turn = this.turnOf(tenant);
    turn.running += 1;
    turn.since = this.tick();
  }

  ended(tenant: string): void {
    this.turnOf(tenant).running -= 1;
    this.forgetIdle(tenant);
  }

  all(): readonly T[] {
    return [...this.turns.values()].flatMap(({ waiting }) => [...waiting]);
  }

  private turnOf(tenant: string): Turn<T> {
    const known = this.turns.get(tenant);
    if (known) return known;
    const turn = { waiting: new Set<T>(), running: 0, since: this.tick() };
    this.turns.set(tenant, turn);
    return turn;
  }

  private forgetIdle(tenant: string): void {
    const turn = this.turns.get(tenant);
    if (turn?.running === 0 && turn.waiting.size === 0) this.turns.delete(tenant);
  }

  private tick(): number {
    this.clock += 1;
    return this.clock;
  }
}

function isBefore<T>(a: Turn<T>, b: Turn<T>): boolean {
  return a.running !== b.running ? a.running < b.running : a.since < b.since;
}
