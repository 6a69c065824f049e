import { SluiceError } from '@sluice/contracts';

const FRESH_MS = 10_000;
const REMEMBERED = 10_000;

/**
 * Whether a client may still use the tokens it holds: a revocation takes effect within ten seconds, not when the last
 * token expires. While the database is away the last answer stands; tokens end by themselves within 15 minutes.
 */
export class ClientStanding {
  private readonly known = new Map<string, { readonly live: boolean; readonly at: number }>();

  constructor(
    private readonly isLive: (clientId: string) => Promise<boolean>,
    private readonly onFault: (error: unknown) => void,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws SluiceError `unavailable` when nothing is known and the database cannot be asked */
  async check(clientId: string): Promise<boolean> {
    const known = this.known.get(clientId);
    if (known !== undefined && this.now() - known.at < FRESH_MS) return known.live;
    try {
      const live = await this.isLive(clientId);
      this.remember(clientId, live);
      return live;
    } catch (cause) {
      this.onFault(cause);
      if (known !== undefined) return known.live;
      throw new SluiceError('unavailable', 'The client cannot be checked.', { retryAfter: 2 }, { cause });
    }
  }

  private remember(clientId: string, live: boolean): void {
    const [oldest] = this.known.keys();
    if (this.known.size >= REMEMBERED && oldest !== undefined) this.known.delete(oldest);
    this.known.set(clientId, { live, at: this.now() });
  }
}
