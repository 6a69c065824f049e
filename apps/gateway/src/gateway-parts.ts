import { type AuditSink } from '@sluice/contracts';
import { type MessageBus } from '@sluice/messaging';
import { type ObjectStore } from '@sluice/object-store';
import { type DataSource } from 'typeorm';

/** What the gateway is given; whoever gives it closes it, after the gateway. */
export interface GatewayParts {
  readonly bus: MessageBus;
  /** Clients of the built-in issuer; not asked when the issuer is external. */
  readonly dataSource: DataSource;
  readonly store: ObjectStore;
  readonly audit: AuditSink;
  /** Names what else is not ready. */
  readonly ready?: () => Promise<readonly string[]>;
  /** Called right before the gateway listens, when all else is done. */
  readonly beforeListening?: () => Promise<void>;
}
