import { SluiceError } from '@sluice/contracts';

/** Streams of one client, and of all, in this process. */
export interface StreamLimits {
  readonly perClient: number;
  readonly all: number;
}

/** How the refusals speak of them. */
export interface StreamWords {
  /** Name of the client's limit. */
  readonly limit: string;
  /** "A client may … 10 … at once". */
  readonly verb: string;
  readonly what: string;
}

export const STREAM_LIMITS: StreamLimits = { perClient: 10, all: 1_000 };
/** Exports that are followed, over HTTP and gRPC together. */
const FOLLOWED: StreamWords = { limit: 'eventStreamsPerClient', verb: 'follow', what: 'exports' };
const AGAIN_SECONDS = 5;

/** A place for one stream; its signal fires when the process begins to drain. */
export interface StreamPlace {
  readonly signal: AbortSignal;
  /** Harmless when called again. */
  release(): void;
}

/** Bounds the streams that are open, and ends them all when the process is to stop: by themselves they may last for hours. */
export class EventStreams {
  private readonly closing = new AbortController();
  private readonly open = new Map<string, number>();
  private all = 0;

  constructor(
    private readonly limits: StreamLimits = STREAM_LIMITS,
    private readonly words: StreamWords = FOLLOWED,
  ) {}

  /** @throws SluiceError `rate-limited` past the client's streams, `overloaded` past all, `unavailable` while draining */
  take(clientId: string): StreamPlace {
    const mine = this.open.get(clientId) ?? 0;
    this.refuse(mine);
    this.open.set(clientId, mine + 1);
    this.all += 1;
    let held = true;
    const release = (): void => {
      if (!held) return;
      held = false;
      this.all -= 1;
      const left = (this.open.get(clientId) ?? 1) - 1;
      if (left > 0) this.open.set(clientId, left);
      else this.open.delete(clientId);
    };
    return { signal: this.closing.signal, release };
  }

  close(): void {
    this.closing.abort();
  }

  private refuse(mine: number): void {
    const retryAfter = AGAIN_SECONDS;
    if (this.closing.signal.aborted) {
      throw new SluiceError('unavailable', 'The gateway is shutting down.', { retryAfter });
    }
    const { perClient, all } = this.limits;
    const { verb, what } = this.words;
    if (mine >= perClient) {
      const limit = { name: this.words.limit, value: perClient };
      const message = `A client may ${verb} ${String(perClient)} ${what} at once.`;
      throw new SluiceError('rate-limited', message, { limit, retryAfter });
    }
    if (this.all >= all) {
      throw new SluiceError('overloaded', `There are too many streams of ${what} at the moment.`, {
        retryAfter,
      });
    }
  }
}
