import { z } from 'zod';
import { CheckedQuery, CheckQuery, DatasetDescription, DatasetSummary, ExplainQuery } from './query.js';
import { QueryAnswer, QueryExplanation, RunQuery } from './query.js';
import { Principal } from './principal.js';
import { defineRpc } from './rpc.js';
import { principalSchema } from './schemas/common.js';
import {
  checkedQuerySchema,
  checkQuerySchema,
  datasetDescriptionSchema,
  datasetSummarySchema,
  explainQuerySchema,
  queryAnswerSchema,
  queryExplanationSchema,
  runQuerySchema,
} from './schemas/query.js';

const service = 'query-service';

export const queryRun = defineRpc<RunQuery, QueryAnswer>({
  name: 'query.run',
  service,
  timeoutMs: 305_000,
  request: runQuerySchema,
  response: queryAnswerSchema,
});

export const queryExplain = defineRpc<ExplainQuery, QueryExplanation>({
  name: 'query.explain',
  service,
  timeoutMs: 30_000,
  request: explainQuerySchema,
  response: queryExplanationSchema,
});

export const queryCheck = defineRpc<CheckQuery, CheckedQuery>({
  name: 'query.check',
  service,
  timeoutMs: 10_000,
  request: checkQuerySchema,
  response: checkedQuerySchema,
});

export const datasetsList = defineRpc<{ principal: Principal }, readonly DatasetSummary[]>({
  name: 'datasets.list',
  service,
  timeoutMs: 10_000,
  request: z.object({ principal: principalSchema }),
  response: z.array(datasetSummarySchema).readonly(),
});

export const datasetsDescribe = defineRpc<{ principal: Principal; name: string }, DatasetDescription>({
  name: 'datasets.describe',
  service,
  timeoutMs: 10_000,
  request: z.object({ principal: principalSchema, name: z.string() }),
  response: datasetDescriptionSchema,
});
