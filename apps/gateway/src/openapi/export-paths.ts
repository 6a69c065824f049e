import { JOB_STATES, LIST_LIMIT } from '@sluice/contracts';
import { EXPORT_EXAMPLE } from './examples.js';
import { ref, text, whole, type Schema } from './json-schema.js';
import { jsonResponse, problems, QUERY_ERRORS } from './responses.js';

const etag = { ETag: { schema: text('Weak: changes when the job moves.') } };
const retryAfter = { 'Retry-After': { schema: whole('Seconds; only while the job is active.') } };
const jobHeaders = { ...etag, ...retryAfter };
const location = { Location: { schema: text('Path of the job.') } };
const idInPath = { name: 'id', in: 'path', required: true, schema: text(undefined, { format: 'uuid' }) };

const linkParameters = ['tenant', 'sha256', 'expires', 'signature'].map((name) => ({
  name,
  in: 'query',
  required: true,
  schema: text(),
}));
const fileHeaders = {
  'Accept-Ranges': { schema: { const: 'bytes' } },
  'Content-Disposition': { schema: text() },
  ETag: { schema: text('SHA-256 of the file.') },
};
const fileContent = { 'text/csv': { schema: text() } };

export const EXPORT_PATHS: Readonly<Record<string, Schema>> = {
  '/api/v1/exports': {
    get: {
      operationId: 'listExports',
      tags: ['Exports'],
      summary: 'List jobs, the newest first',
      description: 'Those that the caller submitted; an admin sees all jobs of the tenant.',
      parameters: [
        { name: 'state', in: 'query', schema: { enum: [...JOB_STATES] } },
        {
          name: 'limit',
          in: 'query',
          schema: { type: 'integer', minimum: 1, maximum: LIST_LIMIT.most, default: LIST_LIMIT.unlessGiven },
        },
        {
          name: 'after',
          in: 'query',
          schema: text('Cursor `page.next` of the page before; good for 24 hours.'),
        },
      ],
      responses: {
        200: jsonResponse('A page of jobs.', ref('ExportList')),
        ...problems(['invalid-request', 'unknown-key', 'limit-exceeded', 'invalid-cursor']),
      },
    },
    post: {
      operationId: 'submitExport',
      tags: ['Exports'],
      summary: 'Export all rows of a query as a file',
      description:
        'Needs the role `exporter`. The same request from the same caller within an hour answers with the first job.',
      parameters: [
        {
          name: 'Idempotency-Key',
          in: 'header',
          schema: text('1 to 255 visible ASCII characters.', { minLength: 1, maxLength: 255 }),
        },
      ],
      requestBody: {
        required: true,
        content: { 'application/json': { schema: ref('ExportRequest'), example: EXPORT_EXAMPLE } },
      },
      responses: {
        200: jsonResponse('There was such a job already.', ref('ExportJob'), {
          ...jobHeaders,
          ...location,
          'Idempotent-Replayed': { schema: { const: 'true' } },
        }),
        202: jsonResponse('The job was taken.', ref('ExportJob'), { ...jobHeaders, ...location }),
        ...problems([...QUERY_ERRORS, 'unsupported-format', 'idempotency-mismatch', 'export-line-full']),
      },
    },
  },
  '/api/v1/exports/{id}': {
    get: {
      operationId: 'getExport',
      tags: ['Exports'],
      summary: 'Look at a job',
      parameters: [idInPath, { name: 'If-None-Match', in: 'header', schema: text() }],
      responses: {
        200: jsonResponse(
          'The job; with a new download link once it has succeeded.',
          ref('ExportJob'),
          jobHeaders,
        ),
        304: { description: 'The job has not moved.', headers: jobHeaders },
        ...problems(['export-not-found']),
      },
    },
    delete: {
      operationId: 'cancelExport',
      tags: ['Exports'],
      summary: 'Cancel a live job, or delete a finished one’s file',
      parameters: [idInPath],
      responses: {
        200: jsonResponse('The job as it is now.', ref('ExportJob'), jobHeaders),
        ...problems(['export-not-found']),
      },
    },
  },
  '/api/v1/exports/{id}/events': {
    get: {
      operationId: 'followExport',
      tags: ['Exports'],
      summary: 'Follow a job by server-sent events',
      description: [
        'Each change of the job is an event `job` whose data is the job as `getExport` answers it and whose id is its version.',
        'The stream ends after the event of a terminal state, when the token ends, with an event `problem` (`code`, `detail`),',
        'and when the gateway stops: then come again with `Last-Event-ID`. A comment is sent every 15 seconds.',
        'A client may follow 10 exports at once.',
      ].join(' '),
      parameters: [
        idInPath,
        { name: 'Last-Event-ID', in: 'header', schema: text('Id of the last event that was received.') },
      ],
      responses: {
        200: { description: 'The events.', content: { 'text/event-stream': { schema: text() } } },
        204: {
          description: 'The job is over, and `Last-Event-ID` says that this is known: do not come again.',
        },
        ...problems(['export-not-found']),
      },
    },
  },
  '/api/v1/exports/{id}/file': {
    get: {
      operationId: 'downloadExport',
      tags: ['Exports'],
      summary: 'Download a file by its signed link',
      description:
        'The link comes from `result.downloadUrl` and is used as it is; it needs no token. `HEAD` answers too.',
      security: [],
      parameters: [
        idInPath,
        ...linkParameters,
        { name: 'Range', in: 'header', schema: text('One range of bytes: `bytes=0-1023`.') },
        { name: 'If-Range', in: 'header', schema: text('ETag of the file that the range belongs to.') },
      ],
      responses: {
        200: { description: 'The file.', headers: fileHeaders, content: fileContent },
        206: {
          description: 'A part of the file.',
          headers: { ...fileHeaders, 'Content-Range': { schema: text() } },
          content: fileContent,
        },
        ...problems(
          [
            'link-invalid',
            'client-revoked',
            'policy-changed',
            'export-not-found',
            'export-not-ready',
            'link-expired',
            'range-not-satisfiable',
            'rate-limited',
            'internal',
            'unavailable',
            'overloaded',
            'audit-unavailable',
            'rpc-timeout',
          ],
          false,
        ),
      },
    },
  },
};
