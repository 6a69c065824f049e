import {
  exportCancel,
  exportClaim,
  exportFinished,
  exportGet,
  exportList,
  exportRenew,
  exportResolveDownload,
  exportSubmit,
} from '@sluice/contracts';
import { MessageBus } from '@sluice/messaging';
import { INestApplicationContext } from '@nestjs/common';
import { outlastOutage } from './outlast-outage.js';
import { CancelExportUseCase } from './use-cases/cancel-export.js';
import { ClaimExportUseCase } from './use-cases/claim-export.js';
import { FinishExportUseCase } from './use-cases/finish-export.js';
import { GetExportUseCase } from './use-cases/get-export.js';
import { ListExportsUseCase } from './use-cases/list-exports.js';
import { RenewExportUseCase } from './use-cases/renew-export.js';
import { ResolveDownloadUseCase } from './use-cases/resolve-download.js';
import { SubmitExportUseCase } from './use-cases/submit-export.js';

/** Members of this group share what is told of finished exports. */
const GROUP = 'export-orchestrator';

/** Joins each RPC and event to its use case. */
export async function serveExports(bus: MessageBus, app: INestApplicationContext): Promise<void> {
  const submit = app.get(SubmitExportUseCase);
  const get = app.get(GetExportUseCase);
  const list = app.get(ListExportsUseCase);
  const cancel = app.get(CancelExportUseCase);
  const resolve = app.get(ResolveDownloadUseCase);
  const claim = app.get(ClaimExportUseCase);
  const renew = app.get(RenewExportUseCase);
  const finish = app.get(FinishExportUseCase);
  await bus.handle(exportSubmit, (request) => submit.run(request));
  await bus.handle(exportGet, (request) => get.run(request));
  await bus.handle(exportList, (request) => list.run(request));
  await bus.handle(exportCancel, (request) => cancel.run(request));
  await bus.handle(exportResolveDownload, (request) => resolve.run(request));
  await bus.handle(exportClaim, (request) => claim.run(request));
  await bus.handle(exportRenew, (request) => renew.run(request));
  await bus.subscribe(exportFinished, GROUP, (message) => outlastOutage(() => finish.run(message)));
}
