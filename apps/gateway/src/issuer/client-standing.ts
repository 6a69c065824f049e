import { SluiceError } from '@sluice/contracts';

const FRESH_MS = 10_000;
const REMEMBERED = 10_000;
/** How long a request waits for the database where an older answer is known, in ms: one that hangs must not make everything hang. */
const PATIENCE_MS = 500;
/** The same where nothing is known, and the request cannot be answered without it. */
const FIRST_PATIENCE_MS = 5_000;
/** How long a database that did not answer is left alone, in ms. */
const REST_MS = 1_000;

interface Known {
  readonly live: boolean;
  /** By then it is looked at again. */
  readonly freshUntil: number;
}

/**
 * Whether a client may still use the tokens it holds: a revocation takes effect within ten seconds, not when the last
 * token expires. While the database is away or hangs the last answer stands; tokens end by themselves within 15 minutes.
 */
export class ClientStanding {
  private readonly known = new Map<string, Known>();
  /** One for each client at a time, however many of its requests wait for it. */
  private readonly looks = new Map<string, Promise<boolean>>();

  constructor(
    private readonly isLive: (clientId: string) => Promise<boolean>,
    private readonly onFault: (error: unknown) => void,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws SluiceError `unavailable` when nothing is known and the database cannot be asked */
  async check(clientId: string): Promise<boolean> {
    const known = this.known.get(clientId);
    if (known !== undefined && this.now() < known.freshUntil) return known.live;
    try {
      const look = this.looks.get(clientId) ?? this.look(clientId);
      return await within(known === undefined ? FIRST_PATIENCE_MS : PATIENCE_MS, look);
    } catch (cause) {
      this.onFault(cause);
      if (known === undefined)
        throw new SluiceError('unavailable', 'The client cannot be checked.', { retryAfter: 2 }, { cause });
      // Unless the answer has come after all: then that one stands.
      if (this.known.get(clientId) === known) this.remember(clientId, known.live, REST_MS);
      return known.live;
    }
  }

  /** An answer that comes when nobody waits for it any more is remembered all the same. */
  private look(clientId: string): Promise<boolean> {
    const look = this.isLive(clientId)
      .then((live) => {
        this.remember(clientId, live, FRESH_MS);
        return live;
      })
      .finally(() => this.looks.delete(clientId));
    this.looks.set(clientId, look);
    return look;
  }

  private remember(clientId: string, live: boolean, forMs: number): void {
    const [oldest] = this.known.keys();
    if (this.known.size >= REMEMBERED && oldest !== undefined) this.known.delete(oldest);
    this.known.set(clientId, { live, freshUntil: this.now() + forMs });
  }
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`The database did not answer within ${String(ms)} ms.`));
    }, ms);
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}
