/** `stuck`: a statement goes on although it was stopped. `broken`: nothing but a new process helps. */
export type EngineHealth = 'well' | 'stuck' | 'broken';

export interface StuckLimits {
  /** From the stop of a statement until it counts as stuck, in ms; 5,000 by default. */
  readonly stuckAfterMs?: number;
  /** From then until the engine counts as broken, in ms; 30,000 by default. */
  readonly brokenAfterMs?: number;
}

export const STUCK_AFTER_MS = 5_000;
const BROKEN_AFTER_MS = 30_000;
/** Each holds a thread of Node's pool and a core. The pool has 16 threads beside the statements', of which Node needs most. */
const MOST_REPLACED = 4;

/** The statements that ignore their stop. */
export class StuckStatements {
  private readonly since = new Set<{ readonly at: number }>();
  private readonly brokenAfterMs: number;

  constructor({ brokenAfterMs = BROKEN_AFTER_MS }: StuckLimits) {
    this.brokenAfterMs = brokenAfterMs;
  }

  get count(): number {
    return this.since.size;
  }

  /** Returns what to call when the statement has ended after all. */
  add(): () => void {
    const statement = { at: performance.now() };
    this.since.add(statement);
    return () => {
      this.since.delete(statement);
    };
  }

  /** Whether their places may be given to others. */
  mayBeReplaced(): boolean {
    return this.since.size <= MOST_REPLACED;
  }

  health(): EngineHealth {
    if (this.since.size === 0) return 'well';
    const [longest] = this.since;
    const isOld = longest !== undefined && performance.now() - longest.at >= this.brokenAfterMs;
    return isOld || !this.mayBeReplaced() ? 'broken' : 'stuck';
  }
}
