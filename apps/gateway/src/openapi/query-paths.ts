import { DATASETS_EXAMPLE, QUERY_EXAMPLE, ROWS_EXAMPLE } from './examples.js';
import { ref, text, type Schema } from './json-schema.js';
import { jsonResponse, problems, QUERY_ERRORS } from './responses.js';

const answer = {
  ...jsonResponse('The page.', ref('QueryAnswer'), {
    ETag: { schema: text('For If-None-Match.') },
    'Cache-Control': { schema: { const: 'private, no-store' } },
  }),
};

const responses = {
  200: answer,
  304: { description: 'The page is still what `If-None-Match` names; nothing was run.' },
  ...problems([
    ...QUERY_ERRORS,
    'page-required',
    'invalid-cursor',
    'query-too-large',
    'query-timeout',
    'query-canceled',
  ]),
};

const headers: Schema[] = [
  { name: 'If-None-Match', in: 'header', schema: text('ETag of a page that the caller holds.') },
  { name: 'Cache-Control', in: 'header', schema: text('`no-cache` runs the query in any case.') },
];

const body = {
  required: true,
  content: {
    'application/json': {
      schema: ref('Query'),
      examples: {
        rows: { summary: 'The two latest flights', value: ROWS_EXAMPLE },
        groups: { summary: 'Average delay by origin', value: QUERY_EXAMPLE },
      },
    },
  },
};

const alike =
  'A query can be sent in four ways that behave alike: `POST` with a body, the method `QUERY` with a body (made for ' +
  'this, but OpenAPI 3.1 cannot describe it), `GET` with `q`, and `GET` with a body (which many proxies drop).';

export const QUERY_PATHS: Readonly<Record<string, Schema>> = {
  '/api/v1/query': {
    get: {
      operationId: 'queryByUrl',
      tags: ['Query'],
      summary: 'Run a query given in the URL',
      description: alike,
      parameters: [
        {
          name: 'q',
          in: 'query',
          description: 'The query as URL-encoded JSON; for a body leave it out.',
          content: { 'application/json': { schema: ref('Query') } },
        },
        ...headers,
      ],
      responses,
    },
    post: {
      operationId: 'query',
      tags: ['Query'],
      summary: 'Run a query',
      description: alike,
      parameters: headers,
      requestBody: body,
      responses,
    },
  },
  '/api/v1/datasets': {
    get: {
      operationId: 'listDatasets',
      tags: ['Datasets'],
      summary: 'List what the caller may query',
      responses: {
        200: {
          ...jsonResponse('The datasets.', { ...ref('DatasetList'), examples: [DATASETS_EXAMPLE] }),
        },
        ...problems([]),
      },
    },
  },
  '/api/v1/datasets/{name}': {
    get: {
      operationId: 'describeDataset',
      tags: ['Datasets'],
      summary: 'Describe a dataset as the caller sees it',
      parameters: [{ name: 'name', in: 'path', required: true, schema: text() }],
      responses: {
        200: jsonResponse('Its columns, keys and relations.', ref('Dataset')),
        ...problems(['unknown-dataset']),
      },
    },
  },
};
