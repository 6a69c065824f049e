import { z } from 'zod';
import {
  ClaimedJob,
  ClaimExport,
  CsvOptions,
  DownloadableFile,
  EXPORT_COMPRESSIONS,
  EXPORT_FORMATS,
  ExportFinished,
  ExportJob,
  ExportManifest,
  ExportOutcome,
  ExportPage,
  ExportResult,
  ExportSpec,
  JOB_STATES,
  JobProgress,
  JobRequest,
  ListExports,
  ListPosition,
  PdfOptions,
  ResolveDownload,
  SubmitExport,
} from '../export.js';
import { agreeing } from './agreeing.js';
import { countSchema, errorPayloadSchema, freeSchema, originSchema, principalSchema } from './common.js';
import { outputColumnSchema } from './query.js';

const formatSchema = z.enum(EXPORT_FORMATS);
const compressionSchema = z.enum(EXPORT_COMPRESSIONS).nullable();
const stateSchema = z.enum(JOB_STATES);

const csvSchema = agreeing<CsvOptions>()(
  z.object({ delimiter: z.string(), bom: z.boolean(), nullText: z.string(), rawText: z.boolean() }),
);

const pdfSchema = agreeing<PdfOptions>()(
  z.object({ title: z.string().nullable(), paper: z.enum(['a4', 'letter']) }),
);

const specSchema = agreeing<ExportSpec>()(
  z.object({
    queryDefinition: freeSchema,
    format: formatSchema,
    compression: compressionSchema,
    csv: csvSchema,
    pdf: pdfSchema,
  }),
);

const manifestSchema = agreeing<ExportManifest>()(
  z.object({
    jobId: z.string(),
    attempt: countSchema,
    tenant: z.string(),
    dataset: z.string(),
    queryHash: z.string(),
    policyHash: z.string().exactOptional(),
    policyVersion: z.string(),
    dataVersion: z.string(),
    columns: z.array(outputColumnSchema).readonly(),
    format: formatSchema,
    compression: compressionSchema,
    rows: countSchema,
    bytes: countSchema,
    sha256: z.string(),
    createdAt: z.string(),
  }),
);
const signedManifestSchema = manifestSchema.extend({ signature: z.string() });

const resultSchema = agreeing<ExportResult>()(
  z.object({
    rows: countSchema,
    bytes: countSchema,
    sha256: z.string(),
    fileExpiresAt: z.string(),
    manifest: signedManifestSchema,
  }),
);

export const exportJobSchema = agreeing<ExportJob>()(
  z.object({
    jobId: z.string(),
    tenant: z.string(),
    state: stateSchema,
    format: formatSchema,
    compression: compressionSchema,
    progress: z.object({ percent: z.number(), rowsDone: countSchema, rowsExpected: countSchema.nullable() }),
    attempt: countSchema,
    queuePosition: countSchema.nullable(),
    createdAt: z.string(),
    startedAt: z.string().nullable(),
    finishedAt: z.string().nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    result: resultSchema.nullable(),
    expired: z.boolean(),
  }),
);

export const submitExportSchema = agreeing<SubmitExport>()(
  z.object({
    principal: principalSchema,
    origin: originSchema,
    body: freeSchema,
    idempotencyKey: z.string().nullable(),
    submissionId: z.string().exactOptional(),
  }),
);

export const submittedExportSchema = z.object({ job: exportJobSchema, created: z.boolean() });

export const jobRequestSchema = agreeing<JobRequest>()(
  z.object({
    principal: principalSchema,
    origin: originSchema,
    jobId: z.string(),
    again: z.boolean().exactOptional(),
  }),
);

const positionSchema = agreeing<ListPosition>()(z.object({ createdAt: z.string(), jobId: z.string() }));

export const listExportsSchema = agreeing<ListExports>()(
  z.object({
    principal: principalSchema,
    origin: originSchema,
    state: stateSchema.nullable(),
    limit: countSchema,
    after: positionSchema.nullable(),
  }),
);

export const exportPageSchema = agreeing<ExportPage>()(
  z.object({ jobs: z.array(exportJobSchema).readonly(), next: positionSchema.nullable() }),
);

export const resolveDownloadSchema = agreeing<ResolveDownload>()(
  z.object({ jobId: z.string(), tenant: z.string(), sha256: z.string(), origin: originSchema }),
);

export const downloadableFileSchema = agreeing<DownloadableFile>()(
  z.object({ key: z.string(), fileName: z.string(), contentType: z.string(), bytes: countSchema }),
);

export const claimExportSchema = agreeing<ClaimExport>()(
  z.object({ jobId: z.string(), workerId: z.string() }),
);

export const claimedJobSchema = agreeing<ClaimedJob>()(
  z.object({
    jobId: z.string(),
    attempt: countSchema,
    principal: principalSchema,
    spec: specSchema,
    origin: originSchema,
    leaseMs: z.number(),
  }),
);

export const jobProgressSchema = agreeing<JobProgress>()(
  z.object({
    jobId: z.string(),
    attempt: countSchema,
    rowsDone: countSchema,
    rowsExpected: countSchema.nullable(),
  }),
);

const outcomeSchema = agreeing<ExportOutcome>()(
  z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('succeeded'),
      key: z.string(),
      fileName: z.string(),
      manifest: signedManifestSchema,
    }),
    z.object({ kind: z.literal('failed'), error: errorPayloadSchema, transient: z.boolean() }),
  ]),
);

export const exportFinishedSchema = agreeing<ExportFinished>()(
  z.object({ jobId: z.string(), attempt: countSchema, outcome: outcomeSchema }),
);
