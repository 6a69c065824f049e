import { z } from 'zod';
import {
  ClaimedJob,
  ClaimExport,
  DownloadableFile,
  ExportFinished,
  ExportJob,
  ExportPage,
  JobProgress,
  JobRequest,
  ListExports,
  ResolveDownload,
  SubmitExport,
} from './export.js';
import { defineEvent, defineRpc } from './rpc.js';
import {
  claimedJobSchema,
  claimExportSchema,
  downloadableFileSchema,
  exportFinishedSchema,
  exportJobSchema,
  exportPageSchema,
  jobProgressSchema,
  jobRequestSchema,
  listExportsSchema,
  resolveDownloadSchema,
  submitExportSchema,
  submittedExportSchema,
} from './schemas/export.js';

const service = 'export-orchestrator';

export const exportSubmit = defineRpc<SubmitExport, { readonly job: ExportJob; readonly created: boolean }>({
  name: 'export.submit',
  service,
  timeoutMs: 20_000,
  request: submitExportSchema,
  response: submittedExportSchema,
});

export const exportGet = defineRpc<JobRequest, ExportJob>({
  name: 'export.get',
  service,
  timeoutMs: 10_000,
  request: jobRequestSchema,
  response: exportJobSchema,
});

export const exportList = defineRpc<ListExports, ExportPage>({
  name: 'export.list',
  service,
  timeoutMs: 10_000,
  request: listExportsSchema,
  response: exportPageSchema,
});

export const exportCancel = defineRpc<JobRequest, ExportJob>({
  name: 'export.cancel',
  service,
  timeoutMs: 10_000,
  request: jobRequestSchema,
  response: exportJobSchema,
});

export const exportResolveDownload = defineRpc<ResolveDownload, DownloadableFile>({
  name: 'export.resolve-download',
  service,
  timeoutMs: 10_000,
  request: resolveDownloadSchema,
  response: downloadableFileSchema,
});

/**
 * Answers with the next job to be run, which need not be the one that the worker was woken for; null when none may run now: taken,
 * finished, canceled, or its tenant has no free slot.
 */
export const exportClaim = defineRpc<ClaimExport, ClaimedJob | null>({
  name: 'export.claim',
  service,
  timeoutMs: 10_000,
  request: claimExportSchema,
  response: claimedJobSchema.nullable(),
});

/** Renews the lease; `false` tells the worker to stop. */
export const exportRenew = defineRpc<JobProgress, { readonly proceed: boolean }>({
  name: 'export.renew',
  service,
  timeoutMs: 10_000,
  request: jobProgressSchema,
  response: z.object({ proceed: z.boolean() }),
});

/** Wakes a worker; the job's row is the truth, so it may be lost, late or doubled. */
export const exportReady = defineEvent<{ readonly jobId: string }>({
  name: 'export.ready',
  service: 'export-worker',
  message: z.object({ jobId: z.string() }),
});

export const exportFinished = defineEvent<ExportFinished>({
  name: 'export.finished',
  service,
  message: exportFinishedSchema,
});
