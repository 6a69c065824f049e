import { AuditSink } from '@sluice/contracts';
import { join } from 'node:path';
import { PublishAudit, startAuditShipper } from './audit-spool/audit-shipper.js';
import { AuditSpool } from './audit-spool/audit-spool.js';
import { Cleanup } from './cleanup.js';
import { messageKeys } from './derive-key.js';
import { keepTrying } from './keep-trying.js';
import { Logger } from './logger.js';
import { Loop } from './loop.js';
import { MissingParts, PartCheck } from './missing-parts.js';
import { NetworkSettings } from './network-settings.js';
import { RefusedMessages, RefusedSeal } from './refused-messages.js';
import { seldom } from './seldom.js';
import { SettingsError } from './settings.js';

const SHIP_MS = 5_000;

/** How a service joins the message bus. */
interface BusOptions {
  readonly url: string;
  readonly service: string;
  keysOf(service: string): readonly Buffer[];
  onFault(fault: { readonly name: string; readonly error: unknown }): void;
  onDeadLetter(letter: { readonly event: string; readonly group: string; readonly deliveries: number }): void;
  onRefused(message: RefusedSeal): void;
}

/** What a `ServiceHost` works with. */
export interface HostParts {
  readonly settings: NetworkSettings;
  readonly logger: Logger;
  readonly cleanup: Cleanup;
  readonly missing: MissingParts;
  /** Fires when the service is to end before it has started. */
  readonly stopping: AbortSignal;
  /** Lets go of the port on which health is told, for an app that goes on telling it there. */
  readonly leaveHealthPort: () => Promise<void>;
}

/** What a networked service is built with: its settings, and a place to leave what must be closed. */
export class ServiceHost {
  private readonly refused: RefusedMessages;

  constructor(
    readonly name: string,
    private readonly parts: HostParts,
  ) {
    this.refused = new RefusedMessages(parts.logger);
  }

  get settings(): NetworkSettings {
    return this.parts.settings;
  }

  get logger(): Logger {
    return this.parts.logger;
  }

  /** Keeps a resource until the service is closed. */
  async keep<T>(name: string, opening: Promise<T>, close: (resource: T) => Promise<void>): Promise<T> {
    const resource = await opening;
    this.parts.cleanup.add(name, () => close(resource));
    return resource;
  }

  /**
   * Opens something that may come up later than this service: tries until it succeeds, named by readiness meanwhile. An error with a list
   * `missing` says more exactly what is waited for. It is closed in the opposite order of the calls, whichever came first.
   */
  async open<T>(
    name: string,
    attempt: () => Promise<T>,
    close: (resource: T) => Promise<void> = () => Promise.resolve(),
  ): Promise<T> {
    const { cleanup, missing, stopping } = this.parts;
    let opened: { readonly resource: T } | undefined;
    let closed = false;
    cleanup.add(name, async () => {
      closed = true;
      if (opened) await close(opened.resource);
    });
    const attemptOnce = async (): Promise<T> => {
      const resource = await attempt();
      if (!closed) opened = { resource };
      else await close(resource);
      return resource;
    };
    missing.await(name);
    const tell = seldom((error) => {
      this.logger.warn({ part: name, reason: reasonOf(error) }, 'waiting for what is not there yet');
    });
    const onFailure = (error: unknown): void => {
      missing.await(name, missingOf(error) ?? [name]);
      tell(error);
    };
    const isFinal = (error: unknown): boolean => error instanceof SettingsError;
    const resource = await keepTrying(attemptOnce, { signal: stopping, onFailure, isFinal });
    missing.came(name);
    return resource;
  }

  /** Makes readiness ask for a part that was opened; not again within `everyMs`. */
  watch(name: string, check: PartCheck, everyMs = 0): void {
    const tell = seldom((err) => {
      this.logger.warn({ err, part: name }, 'a part is not ready');
    });
    const told: PartCheck = () =>
      check().catch((error: unknown) => {
        tell(error);
        throw error;
      });
    this.parts.missing.watch(name, told, everyMs);
  }

  /** Names of watched parts that are not as they should be. */
  missing(): Promise<readonly string[]> {
    return this.parts.missing.names();
  }

  /** For an app that answers for its health itself, on the same port: to be called right before it listens. */
  leaveHealthPort(): Promise<void> {
    return this.parts.leaveHealthPort();
  }

  /** The service's own spool, emptied through `publish`; its folder belongs to this process alone. */
  openAudit(publish: PublishAudit): AuditSink {
    const onFault = seldom((err) => {
      this.logger.error({ err }, 'the audit spool reported a fault');
    });
    const folder = join(this.settings.home, 'audit', this.name);
    const spool = new AuditSpool({ folder, maxBytes: this.settings.auditSpoolBytes, onFault });
    this.parts.cleanup.add('audit spool', () => spool.close());
    const shipper = startAuditShipper(spool, publish, { onFault });
    this.parts.cleanup.add('audit shipper', () => shipper.stop(SHIP_MS));
    this.recordRefusalsIn(spool);
    return spool;
  }

  /** From now on messages that are refused for their seal are recorded here. */
  recordRefusalsIn(audit: AuditSink): void {
    this.refused.recordTo(audit);
  }

  /** Does something over and over until the service is closed. */
  async repeat(name: string, step: () => Promise<unknown>, everyMs: number): Promise<void> {
    const loop = new Loop(step, everyMs, this.reporter(`${name} failed`));
    loop.start();
    await this.keep(name, Promise.resolve(loop), (started) => started.close());
  }

  /** For a bus over RabbitMQ. What has no caller to go to is logged: never the content of a message. */
  busOptions(): BusOptions {
    const ofBroker = seldom((err) => {
      this.logger.error({ err }, 'the connection to the broker has a fault');
    });
    return {
      url: this.settings.rabbitMqUrl,
      service: this.name,
      keysOf: messageKeys(this.settings.secret),
      onFault: ({ name, error: err }) => {
        if (name === 'rabbitmq') ofBroker(err);
        else this.logger.error({ err, message: name }, 'a message could not be handled');
      },
      onDeadLetter: ({ event, group, deliveries }) => {
        this.logger.error({ event, group, deliveries }, 'a message was set aside');
      },
      onRefused: this.refused.onRefused,
    };
  }

  /** For the log of what goes wrong beside any request. */
  reporter(message: string): (err: unknown) => void {
    return (err) => {
      this.logger.error({ err }, message);
    };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function missingOf(error: unknown): readonly string[] | undefined {
  const { missing } = (error ?? {}) as { missing?: unknown };
  return Array.isArray(missing) ? missing.map(String) : undefined;
}
