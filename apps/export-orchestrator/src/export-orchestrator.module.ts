import { auditRecorded, AuditSink, exportReady } from '@sluice/contracts';
import { MessageBus, publishSafely } from '@sluice/messaging';
import { ObjectInventory, ObjectStore } from '@sluice/object-store';
import { Logger } from '@sluice/service-kit';
import { DynamicModule, Module, Provider, Type } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BackgroundParts, BackgroundWork } from './background/background-work.js';
import { FileTidier } from './background/file-tidier.js';
import { JobSweeper } from './background/job-sweeper.js';
import { OutboxRelay } from './background/outbox-relay.js';
import { ReapedFiles, StoreReaper } from './background/store-reaper.js';
import { ExportOrchestratorConfig } from './export-orchestrator.config.js';
import { JobDatabase } from './postgres/job-database.js';
import { SlotDrift } from './postgres/slots.js';
import { CancelExportUseCase } from './use-cases/cancel-export.js';
import { ClaimExportUseCase } from './use-cases/claim-export.js';
import { DownloadRights } from './use-cases/download-rights.js';
import { FinishExportUseCase } from './use-cases/finish-export.js';
import { GetExportUseCase } from './use-cases/get-export.js';
import { ListExportsUseCase } from './use-cases/list-exports.js';
import { PutBackJob } from './use-cases/put-back-job.js';
import { RenewExportUseCase } from './use-cases/renew-export.js';
import { ResolveDownloadUseCase } from './use-cases/resolve-download.js';
import { SubmitExportUseCase } from './use-cases/submit-export.js';
import { TakeSubmission } from './use-cases/take-submission.js';

/** What the app is given, already built; whoever built it closes it. */
export interface ExportOrchestratorParts {
  readonly bus: MessageBus;
  /** Migrated. */
  readonly dataSource: DataSource;
  readonly store: ObjectStore & ObjectInventory;
  readonly audit: AuditSink;
}

/** The only place where the use cases meet what they run on. */
@Module({})
export class ExportOrchestratorModule {
  static register(
    config: ExportOrchestratorConfig,
    parts: ExportOrchestratorParts,
    logger: Logger,
  ): DynamicModule {
    // Past two leases no worker believes any more that it owns the job.
    const settings = { ...config, tidyAfterMs: 2 * config.leaseMs };
    return {
      module: ExportOrchestratorModule,
      providers: [
        { provide: JobDatabase, useValue: new JobDatabase(parts.dataSource) },
        { provide: PutBackJob, useValue: new PutBackJob(settings) },
        ...backgroundProviders(settings, parts, logger),
        ...callerProviders(settings, parts),
        ...workerProviders(settings, parts),
      ],
    };
  }
}

type Settings = ExportOrchestratorConfig & { readonly tidyAfterMs: number };

function backgroundProviders(
  settings: Settings,
  { bus, store }: ExportOrchestratorParts,
  logger: Logger,
): Provider[] {
  return [
    provide(FileTidier, [JobDatabase], (database) => new FileTidier(database, store)),
    provide(
      JobSweeper,
      [JobDatabase, PutBackJob],
      (database, back) => new JobSweeper(database, back, { ...settings, onDrift: driftLog(logger) }),
    ),
    provide(
      StoreReaper,
      [JobDatabase],
      (database) => new StoreReaper(database, store, { ...settings, onReaped: reapLog(logger) }),
    ),
    provide(
      BackgroundWork,
      [JobDatabase, FileTidier, JobSweeper, StoreReaper],
      (database, tidier, sweeper, reaper) =>
        new BackgroundWork({ ...relays(database, bus), tidier, sweeper, reaper }, settings, logger),
    ),
  ];
}

function relays(database: JobDatabase, bus: MessageBus): Pick<BackgroundParts, 'relay' | 'recorder'> {
  return {
    relay: new OutboxRelay(database, exportReady, (message) => bus.publish(exportReady, message)),
    recorder: new OutboxRelay(database, auditRecorded, (message) =>
      publishSafely(bus, auditRecorded, message),
    ),
  };
}

/** Files that no job has are the leftovers of something that died, or of a database that is not the store's: somebody should know. */
function reapLog(logger: Logger): (reaped: ReapedFiles) => void {
  return (reaped) => {
    logger.warn(reaped, 'files that belong to no job were removed from the store');
  };
}

/** Must never be called: a count that is off is a fault of ours, mended but not hidden. */
function driftLog(logger: Logger): (drift: SlotDrift) => void {
  return (drift) => {
    logger.error(drift, 'counts of a tenant were not those of its jobs; they were set right');
  };
}

/** What callers ask for, through the gateway; each answer is recorded. */
function callerProviders(settings: Settings, { bus, audit }: ExportOrchestratorParts): Provider[] {
  return [
    provide(SubmitExportUseCase, [JobDatabase, BackgroundWork], (database, background) => {
      const onCreated = (): void => background.relayNow();
      const take = new TakeSubmission(settings);
      return new SubmitExportUseCase(bus, database, audit, { take, onCreated });
    }),
    provide(CancelExportUseCase, [JobDatabase, BackgroundWork], (database, background) => {
      const onChanged = (): void => {
        background.tidyNow();
        background.relayNow();
      };
      return new CancelExportUseCase(database, audit, { ...settings, onChanged });
    }),
    provide(GetExportUseCase, [JobDatabase], (database) => new GetExportUseCase(database, audit)),
    provide(ListExportsUseCase, [JobDatabase], (database) => new ListExportsUseCase(database, audit)),
    provide(ResolveDownloadUseCase, [JobDatabase], (database) => {
      const rights = new DownloadRights(bus, database);
      return new ResolveDownloadUseCase(database, audit, rights);
    }),
  ];
}

/** What workers ask for and tell. */
function workerProviders(settings: Settings, { store }: ExportOrchestratorParts): Provider[] {
  return [
    provide(ClaimExportUseCase, [JobDatabase], (database) => new ClaimExportUseCase(database, settings)),
    provide(RenewExportUseCase, [JobDatabase], (database) => new RenewExportUseCase(database, settings)),
    provide(FinishExportUseCase, [JobDatabase, PutBackJob, BackgroundWork], (database, back, background) => {
      const onFreed = (): void => background.relayNow();
      return new FinishExportUseCase(database, store, back, { ...settings, onFreed });
    }),
  ];
}

/** A provider whose factory gets its classes typed. */
function provide<T, Deps extends readonly unknown[]>(
  token: Type<T>,
  inject: { [K in keyof Deps]: Type<Deps[K]> },
  useFactory: (...deps: Deps) => T,
): Provider {
  return { provide: token, inject: [...inject], useFactory };
}
