import { withinOr } from './within-or.js';

/** Names of what cannot be had at the moment; empty when all is well. A rejection counts as the check's own name. */
export type PartCheck = () => Promise<readonly string[]>;

const CHECK_MS = 1_500;

interface Watched {
  readonly check: PartCheck;
  readonly everyMs: number;
  /** The last answer, or the one that is under way. */
  asked?: { readonly answer: Promise<readonly string[]>; readonly at: number; ended: boolean };
}

/** What a service needs and does not have: parts that its start waits for, then parts that are asked how they are. */
export class MissingParts {
  private readonly awaited = new Map<string, readonly string[]>();
  private readonly watched = new Map<string, Watched>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** The start waits for `part`; `names` say more exactly what it waits for. */
  await(part: string, names: readonly string[] = [part]): void {
    this.awaited.set(part, names);
  }

  came(part: string): void {
    this.awaited.delete(part);
  }

  /** From now on `check` is asked when somebody asks for names; an answer counts for `everyMs`. */
  watch(part: string, check: PartCheck, everyMs = 0): void {
    this.watched.set(part, { check, everyMs });
  }

  /** Each name once. A check that takes longer than 1.5 s names its part, and is not asked again before it has ended. */
  async names(): Promise<readonly string[]> {
    const found = await Promise.all(
      [...this.watched].map(([part, watched]) => withinOr(this.ask(part, watched), CHECK_MS, [part])),
    );
    return [...new Set([...this.awaited.values(), ...found].flat())];
  }

  private ask(part: string, watched: Watched): Promise<readonly string[]> {
    const { asked, check, everyMs } = watched;
    if (asked && (!asked.ended || this.now() - asked.at < everyMs)) return asked.answer;
    const answer = check().catch(() => [part]);
    const begun = { answer, at: this.now(), ended: false };
    watched.asked = begun;
    void answer.then(() => (begun.ended = true));
    return answer;
  }
}
