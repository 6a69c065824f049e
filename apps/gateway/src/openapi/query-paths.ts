import { DATASETS_EXAMPLE, QUERY_EXAMPLE, ROWS_EXAMPLE } from './examples.js';
import { flag, ref, text, whole, type Schema } from './json-schema.js';
import { jsonResponse, problems, QUERY_ERRORS } from './responses.js';

const sluiceHeaders: Readonly<Record<string, Schema>> = {
  'Sluice-Has-More': { schema: flag('CSV and NDJSON: whether there is a next page.') },
  'Sluice-Next-Cursor': {
    schema: text('CSV and NDJSON: cursor for `page.after`, where there is a next page.'),
  },
  'Sluice-Total-Rows': { schema: whole('CSV and NDJSON: rows over all pages, unless `count` is `none`.') },
  'Sluice-Total-Is-Exact': { schema: flag('CSV and NDJSON: false for an estimate.') },
  'Sluice-Cached': { schema: flag('CSV and NDJSON: nothing was run.') },
  'Sluice-Query-Id': { schema: text('CSV and NDJSON.') },
  'Sluice-Data-Version': { schema: text('CSV and NDJSON.') },
};

const page = jsonResponse('The page, in the form that `Accept` likes best.', ref('QueryAnswer'), {
  ETag: { schema: text('For If-None-Match.') },
  'Cache-Control': { schema: { const: 'private, no-store' } },
  Vary: { schema: { const: 'Accept' } },
  'Preference-Applied': { schema: text('`wait=N`, when that was asked for.') },
  ...sluiceHeaders,
});
const answer: Schema = {
  ...page,
  content: {
    ...(page['content'] as Schema),
    'text/csv': {
      schema: text(
        'RFC 4180 with a header line. NULL is an empty field, an empty text is quoted, and text that a spreadsheet would run as a ' +
          "formula begins with `'`.",
      ),
    },
    'application/x-ndjson': { schema: text('A row a line, written as `rows` and `numbers` say.') },
  },
};

const responses = {
  200: answer,
  304: { description: 'The page is still what `If-None-Match` names; nothing was run.' },
  ...problems([
    ...QUERY_ERRORS,
    'not-acceptable',
    'page-required',
    'invalid-cursor',
    'query-too-large',
    'query-timeout',
    'query-canceled',
  ]),
};

const headers: Schema[] = [
  { name: 'If-None-Match', in: 'header', schema: text('ETag of a page that the caller holds.') },
  {
    name: 'Cache-Control',
    in: 'header',
    schema: text('`no-cache` runs the query in any case, and for this caller alone.'),
  },
  {
    name: 'Prefer',
    in: 'header',
    schema: text('`wait=N` gives up after N seconds, from 1 to 300; anything else is passed over.'),
  },
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
  '/api/v1/query/explain': {
    post: {
      operationId: 'explainQuery',
      tags: ['Query'],
      summary: 'Tell what a query would do',
      description:
        'Takes the same body, plans it as for an answer, and runs nothing of it. A query that cannot be planned is answered with ' +
        'its problem; one that a guard would refuse is explained, and `wouldRefuse` says with what.',
      requestBody: body,
      responses: {
        200: jsonResponse('What would run, as far as the caller may know.', ref('Explanation')),
        ...problems([...QUERY_ERRORS, 'page-required', 'invalid-cursor', 'query-timeout', 'query-canceled']),
      },
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
