import { z } from 'zod';
import {
  CheckedQuery,
  CheckQuery,
  DatasetDescription,
  DatasetSummary,
  ExplainedColumn,
  ExplainedTable,
  ExplainQuery,
  OutputColumn,
  PAGE_FORMS,
  PageFacts,
  QueryAnswer,
  QueryExplanation,
  RunQuery,
} from '../query.js';
import { agreeing } from './agreeing.js';
import {
  bytesSchema,
  countSchema,
  errorPayloadSchema,
  freeSchema,
  originSchema,
  principalSchema,
} from './common.js';

const textsSchema = z.array(z.string()).readonly();

export const outputColumnSchema = agreeing<OutputColumn>()(
  z.object({ name: z.string(), type: z.string(), masked: z.boolean() }),
);

export const runQuerySchema = agreeing<RunQuery>()(
  z.object({
    principal: principalSchema,
    origin: originSchema,
    body: freeSchema,
    ifNoneMatch: z.string().nullable(),
    noCache: z.boolean(),
    form: z.enum(PAGE_FORMS).exactOptional(),
    timeoutMs: z.number().exactOptional(),
  }),
);

const pageFactsSchema = agreeing<PageFacts>()(
  z.object({
    hasMore: z.boolean(),
    next: z.string().nullable(),
    totalRows: countSchema.nullable(),
    totalIsExact: z.boolean(),
    cached: z.boolean(),
    queryId: z.string(),
    dataVersion: z.string(),
  }),
);

export const queryAnswerSchema = agreeing<QueryAnswer>()(
  z.object({
    status: z.union([z.literal(200), z.literal(304)]),
    etag: z.string(),
    contentType: z.string(),
    body: z.array(bytesSchema).readonly(),
    facts: pageFactsSchema.exactOptional(),
  }),
);

export const explainQuerySchema = agreeing<ExplainQuery>()(
  z.object({ principal: principalSchema, origin: originSchema, body: freeSchema }),
);

const explainedTableSchema = agreeing<ExplainedTable>()(
  z.object({
    dataset: z.string(),
    path: z.string(),
    columns: textsSchema,
    rowFilters: z
      .array(z.custom<object | null>((value) => typeof value === 'object', 'expected an object or null'))
      .readonly(),
  }),
);

const explainedColumnSchema = agreeing<ExplainedColumn>()(
  outputColumnSchema.extend({ treatment: z.string(), dataClass: z.string().nullable() }),
);

export const queryExplanationSchema = agreeing<QueryExplanation>()(
  z.object({
    dataset: z.string(),
    tables: z.array(explainedTableSchema).readonly(),
    columns: z.array(explainedColumnSchema).readonly(),
    groupedBy: textsSchema.nullable(),
    order: z.array(z.object({ expression: z.string(), direction: z.enum(['asc', 'desc']) })).readonly(),
    estimatedRows: countSchema.nullable(),
    cached: z.boolean(),
    wouldRefuse: errorPayloadSchema.nullable(),
    policyVersion: z.string(),
    dataVersion: z.string(),
  }),
);

export const checkQuerySchema = agreeing<CheckQuery>()(
  z.object({ principal: principalSchema, body: freeSchema, policyOnly: z.boolean().exactOptional() }),
);

export const checkedQuerySchema = agreeing<CheckedQuery>()(
  z.object({
    dataset: z.string(),
    columns: z.array(outputColumnSchema).readonly(),
    queryHash: z.string(),
    viewHash: z.string(),
    policyHash: z.string(),
    estimatedRows: countSchema.nullable(),
    policyVersion: z.string(),
    dataVersion: z.string(),
  }),
);

export const datasetSummarySchema = agreeing<DatasetSummary>()(
  z.object({ name: z.string(), description: z.string(), default: z.boolean() }),
);

export const datasetDescriptionSchema = agreeing<DatasetDescription>()(
  datasetSummarySchema.extend({
    key: textsSchema,
    tenantColumn: z.string().nullable(),
    columns: z
      .array(outputColumnSchema.extend({ description: z.string(), treatment: z.string() }))
      .readonly(),
    relations: z.array(z.object({ name: z.string(), dataset: z.string(), columns: textsSchema })).readonly(),
    largeTable: z.object({ rows: countSchema, conditionOn: textsSchema }).nullable(),
  }),
);
