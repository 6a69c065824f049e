import { setTimeout as sleep } from 'node:timers/promises';
import { Exchange } from './exchange.js';

/** After an answer without `Retry-After`, and after none, a client waits so long, in ms. */
const AGAIN_MS = 500;

/** What all clients of a load did, and whether they are to stop. */
export class LoadLog {
  readonly exchanges: Exchange[] = [];
  private readonly stop = new AbortController();

  get stopping(): boolean {
    return this.stop.signal.aborted;
  }

  /** Clients begin nothing new; what they have under way they bring to its end. */
  end(): void {
    this.stop.abort();
  }

  /** Writes it down; then waits as the answer asked its client to. */
  async note(exchange: Exchange): Promise<void> {
    this.exchanges.push(exchange);
    const { outcome } = exchange;
    if (outcome.kind === 'refused') await sleep((outcome.retryAfter ?? AGAIN_MS / 1_000) * 1_000);
    else if (outcome.kind === 'broken') await sleep(AGAIN_MS);
  }

  /** Ends early when the clients are to stop. */
  async pause(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.stop.signal }).catch(() => undefined);
  }
}
