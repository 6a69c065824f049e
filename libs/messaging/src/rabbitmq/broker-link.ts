import { setTimeout as delay } from 'node:timers/promises';
import { ChannelModel, ConfirmChannel, connect } from 'amqplib';
import { busIsClosed } from '../faults.js';
import { timerDelay } from '../limits.js';

/** Something that lives on a channel of its own, and is set up anew after each loss of the connection. */
export interface Station {
  open(channel: ConfirmChannel): Promise<void>;
  /** The channel is gone; nothing more can be sent on it. */
  lost(): void;
}

/** A station that takes messages. */
export interface Consumer extends Station {
  /** Takes nothing more; what it has goes on. */
  stopTaking(): Promise<void>;
  /** Tells what runs to stop, where there is a way to tell it. */
  abortAll?(): void;
}

export interface BrokerLinkOptions {
  readonly url: string;
  /** How long the first connection may take, with retries, in ms. */
  readonly connectTimeoutMs: number;
  /** Told of each loss and each failed attempt; for the log. */
  readonly onFault: (error: unknown) => void;
}

const ATTEMPT_MS = 10_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;
const HEARTBEAT_S = 10;
/** Sooner or later the attempts end; an open that takes longer counts as failed. */
const OPEN_MS = 30_000;

/**
 * One connection to the broker that comes back by itself. A closed channel counts as a lost connection: the broker
 * closes one only for a fault, and half a set of channels would be a bus that hangs. (The usual connection managers
 * leave such a channel closed, and keep messages of a lost connection to send them again after their caller gave up.)
 */
export class BrokerLink {
  private model: ChannelModel | undefined;
  private readonly stations = new Set<Station>();
  private readonly closing = new AbortController();
  private readonly waiters = new Set<() => void>();
  private readonly channels = new Set<ConfirmChannel>();

  private constructor(private readonly options: BrokerLinkOptions) {}

  /** @throws Error saying in one sentence which broker cannot be used and why; never holds the password. */
  static async connect(options: BrokerLinkOptions): Promise<BrokerLink> {
    const link = new BrokerLink(options);
    const deadline = Date.now() + options.connectTimeoutMs;
    for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS)) {
      try {
        await link.attempt();
        return link;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (Date.now() + retryMs > deadline || reason.includes('ACCESS')) {
          throw new Error(`RabbitMQ at ${placeOf(options.url)} cannot be used: ${reason}`, { cause: error });
        }
        await delay(retryMs);
      }
    }
  }

  get connected(): boolean {
    return this.model !== undefined;
  }

  /** Resolves once the station is open for the first time; from then on it is kept open. */
  async add(station: Station): Promise<void> {
    for (;;) {
      const model = await this.whenConnected();
      try {
        await this.openOn(model, station);
      } catch (error) {
        if (model === this.model) throw error;
        continue; // the connection went, and with it the reason
      }
      if (model !== this.model) continue;
      this.stations.add(station);
      return;
    }
  }

  async close(): Promise<void> {
    this.closing.abort(busIsClosed());
    const model = this.model;
    this.model = undefined;
    for (const waiter of [...this.waiters]) waiter();
    for (const station of this.stations) station.lost();
    if (model) await Promise.race([this.hangUp(model), delay(ATTEMPT_MS, undefined, { ref: false })]);
  }

  /**
   * Channels first: the broker confirms the end of a channel after all that was sent on it, while the end of a connection may overtake
   * an acknowledgement, and what was done would be done again elsewhere.
   */
  private async hangUp(model: ChannelModel): Promise<void> {
    const closed = (): void => undefined; // by the fault that has been told
    await Promise.all([...this.channels].map((channel) => channel.close().catch(closed)));
    await model.close().catch(this.options.onFault);
  }

  private async whenConnected(): Promise<ChannelModel> {
    const deadline = Date.now() + this.options.connectTimeoutMs;
    while (!this.model) {
      if (this.closing.signal.aborted) throw busIsClosed();
      if (Date.now() >= deadline) throw new Error(`RabbitMQ at ${placeOf(this.options.url)} is away.`);
      await this.nextChange(deadline - Date.now());
    }
    return this.model;
  }

  /** Resolves when a connection is made or given up for good, at most after `ms`. */
  private nextChange(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.waiters.delete(finish);
        resolve();
      };
      const timer = setTimeout(finish, timerDelay(ms));
      this.waiters.add(finish);
    });
  }

  private async attempt(): Promise<void> {
    const url = new URL(this.options.url);
    if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', String(HEARTBEAT_S));
    const model = await connect(url.href, {
      timeout: ATTEMPT_MS,
      noDelay: true,
      clientProperties: { connection_name: 'sluice' },
    });
    model.on('error', this.options.onFault);
    try {
      for (const station of this.stations) await this.openOn(model, station);
    } catch (error) {
      await model.close().catch(this.options.onFault);
      throw error;
    }
    model.on('close', () => this.down(model));
    this.model = model;
    for (const waiter of [...this.waiters]) waiter();
  }

  private async openOn(model: ChannelModel, station: Station): Promise<void> {
    const channel = await model.createConfirmChannel();
    let fault: unknown;
    channel.on('error', (error) => (fault = error));
    const overdue = delay(OPEN_MS, undefined, { signal: this.closing.signal, ref: false }).then(() => {
      throw new Error(`The broker did not set up a channel within ${OPEN_MS} ms.`);
    });
    overdue.catch(() => undefined);
    try {
      await Promise.race([station.open(channel), overdue]);
    } catch (error) {
      station.lost();
      throw fault ?? error;
    }
    channel.on('error', this.options.onFault);
    this.channels.add(channel);
    channel.on('close', () => {
      this.channels.delete(channel);
      this.down(model);
    });
  }

  private down(model: ChannelModel): void {
    if (model !== this.model) return;
    this.model = undefined;
    this.options.onFault(new Error(`The connection to RabbitMQ at ${placeOf(this.options.url)} was lost.`));
    for (const station of this.stations) station.lost();
    model.removeAllListeners('close');
    this.channels.clear();
    void model.close().catch(() => undefined); // usually closed already
    void this.reconnect();
  }

  private async reconnect(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!this.closing.signal.aborted) {
      try {
        await this.attempt();
        return;
      } catch (error) {
        this.options.onFault(error);
      }
      // Jitter, so that the services of a whole cluster do not come back at one instant.
      await delay(retryMs * (0.5 + Math.random())).catch(() => undefined);
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    }
  }
}

/** Host and port, for messages: never the password. */
export function placeOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the given address (which is not a valid URL)';
}
