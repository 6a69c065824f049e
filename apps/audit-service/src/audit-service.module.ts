import { DynamicModule, Module } from '@nestjs/common';
import { MessageBus } from '@sluice/messaging';
import { DataSource } from 'typeorm';
import { PostgresAuditTrail } from './postgres/postgres-audit-trail.js';
import { RecordAuditUseCase } from './record-audit.js';

/** What the service is given; its owner closes them after the service. */
export interface AuditServiceParts {
  readonly bus: MessageBus;
  /** Migrated. */
  readonly dataSource: DataSource;
}

/** Where ports meet adapters. */
@Module({})
export class AuditServiceModule {
  static register({ dataSource }: AuditServiceParts): DynamicModule {
    return {
      module: AuditServiceModule,
      providers: [
        {
          provide: RecordAuditUseCase,
          useValue: new RecordAuditUseCase(new PostgresAuditTrail(dataSource)),
        },
      ],
    };
  }
}
