import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  datasetsDescribe,
  datasetsList,
  exportCancel,
  exportGet,
  exportList,
  exportResolveDownload,
  exportSubmit,
  queryExplain,
  queryRun,
} from '@sluice/contracts';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openApiDocument } from '../src/index.js';
import * as examples from '../src/openapi/examples.js';
import { PUBLIC_URL, startHarness, type Harness } from './gateway-harness.js';
import { explanation, JOB_ID, pageAs, pendingJob, queryAnswer, succeededJob } from './sample-answers.js';

interface Operation {
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: object }> }>;
}

const text = JSON.stringify(openApiDocument());
const document = JSON.parse(text) as { paths: Record<string, Record<string, Operation>> };
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
addFormats(ajv);
// Names of OpenAPI that are not of JSON Schema.
for (const keyword of ['openapi', 'info', 'servers', 'tags', 'security', 'paths', 'components'])
  ajv.addKeyword(keyword);
ajv.addSchema(JSON.parse(text) as object, 'doc');

function validatorOf(schema: object): ValidateFunction {
  const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"doc#/')) as object;
  return ajv.compile(absolute);
}

/** Throws what is wrong with a value, in the validator's words. */
function mustFit(schema: object, value: unknown): void {
  const validate = validatorOf(schema);
  if (!validate(value)) throw new Error(ajv.errorsText(validate.errors));
}

const schemaNamed = (name: string) => ({ $ref: `#/components/schemas/${name}` });

describe('the OpenAPI document', () => {
  it('is the committed one (run: npm run openapi)', async () => {
    const committed = await readFile(join(__dirname, '../../../docs/openapi.json'), 'utf8');
    expect(committed).toBe(`${JSON.stringify(openApiDocument(), null, 2)}\n`);
  });

  it('has valid schemas only', () => {
    for (const name of Object.keys(openApiDocument().components.schemas)) {
      expect(() => validatorOf(schemaNamed(name))).not.toThrow();
    }
  });

  it.each([
    ['Query', examples.QUERY_EXAMPLE],
    ['Query', examples.ROWS_EXAMPLE],
    ['QueryAnswer', examples.QUERY_ANSWER_EXAMPLE],
    ['Explanation', examples.EXPLANATION_EXAMPLE],
    ['ExportRequest', examples.EXPORT_EXAMPLE],
    ['ExportJob', examples.JOB_EXAMPLE],
    ['DatasetList', examples.DATASETS_EXAMPLE],
    ['Problem', examples.PROBLEM_EXAMPLE],
  ])('shows a %s that fits its schema', (name, example) => {
    mustFit(schemaNamed(name), example);
  });

  it.each([
    ['a query without a page', 'Query', { dataset: 'a' }],
    ['a query with an unknown key', 'Query', { page: { limit: 1 }, limit: 1 }],
    ['a page that is too large', 'Query', { page: { limit: 5_001 } }],
    ['an operator with too few values', 'Filter', { column: 'a', op: 'between', value: [1] }],
    ['an export with a page', 'ExportRequest', { queryDefinition: { page: { limit: 1 } }, format: 'csv' }],
  ])('refuses %s', (_name, schema, value) => {
    expect(() => {
      mustFit(schemaNamed(schema), value);
    }).toThrow();
  });
});

describe('real answers', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
    harness.store.files.set('k', Buffer.from('0123456789'));
    harness.store.makeStream = (bytes) => Readable.from([bytes]);
  });
  afterAll(() => harness.stop());
  beforeEach(() => {
    harness.bus.reset();
    harness.bus.on(queryRun, ({ form = 'json' }) => (form === 'json' ? queryAnswer : pageAs(form)));
    harness.bus.on(queryExplain, () => explanation);
    harness.bus.on(datasetsList, () => [{ name: 'flights', description: 'd', default: true }]);
    harness.bus.on(datasetsDescribe, () => ({
      name: 'flights',
      description: 'd',
      default: true,
      largeTable: { rows: 1_000, conditionOn: ['flight_id'] },
      key: ['flight_id'],
      tenantColumn: 'tenant_id',
      columns: [{ name: 'flight_id', type: 'integer', masked: false, description: '', treatment: 'clear' }],
      relations: [{ name: 'origin_airport', dataset: 'airports', columns: ['origin'] }],
    }));
    harness.bus.on(exportSubmit, () => ({ job: pendingJob, created: true }));
    harness.bus.on(exportGet, () => succeededJob);
    harness.bus.on(exportList, () => ({
      jobs: [succeededJob, { ...succeededJob, expired: true }, pendingJob],
      next: { createdAt: '2026-11-23 12:00:00.123456+00', jobId: JOB_ID },
    }));
    harness.bus.on(exportCancel, () => ({ ...pendingJob, state: 'Canceled' as const }));
    harness.bus.on(exportResolveDownload, () => ({
      key: 'k',
      fileName: 'k.csv',
      contentType: 'text/csv',
      bytes: 10,
    }));
  });

  /** Sends a request and holds its answer against what the document says of this route and status. */
  async function check(
    template: string,
    method: string,
    path: string,
    init: Parameters<Harness['ask']>[1] = {},
  ) {
    const answer = await harness.ask(path, { method: method.toUpperCase(), ...init });
    const documented = document.paths[template]?.[method]?.responses[String(answer.status)];
    expect({ method, template, status: answer.status, documented: documented !== undefined }).toMatchObject({
      documented: true,
    });
    const [type = ''] = (answer.headers.get('content-type') ?? '').split(';');
    if (documented?.content !== undefined) {
      expect(Object.keys(documented.content)).toContain(type);
      const schema = documented.content[type]?.schema ?? {};
      mustFit(schema, /[/+]json$/.test(type) ? await answer.json() : await answer.text());
    } else expect(await answer.text()).toBe('');
    return answer;
  }

  const json = { 'content-type': 'application/json' };
  const body = (value: unknown): RequestInit & { readonly headers: Record<string, string> } => ({
    headers: json,
    body: JSON.stringify(value),
  });

  it('fit the document', async () => {
    const query = '/api/v1/query';
    await check(query, 'post', query, body(examples.QUERY_EXAMPLE));
    await check(query, 'get', `${query}?q=${encodeURIComponent(JSON.stringify(examples.ROWS_EXAMPLE))}`);
    for (const accept of ['text/csv', 'application/x-ndjson']) {
      const init = body(examples.ROWS_EXAMPLE);
      const answer = await check(query, 'post', query, { ...init, headers: { ...init.headers, accept } });
      expect(answer.headers.get('content-type')).toContain(accept);
    }
    await check(`${query}/explain`, 'post', `${query}/explain`, body(examples.QUERY_EXAMPLE));
    await check('/api/v1/datasets', 'get', '/api/v1/datasets');
    await check('/api/v1/datasets/{name}', 'get', '/api/v1/datasets/flights');
    expect(
      (await check('/api/v1/exports', 'post', '/api/v1/exports', body(examples.EXPORT_EXAMPLE))).status,
    ).toBe(202);
    await check('/api/v1/exports/{id}', 'get', `/api/v1/exports/${JOB_ID}`);
    await check('/api/v1/exports', 'get', '/api/v1/exports?state=Succeeded&limit=3');
    await check('/api/v1/exports/{id}/events', 'get', `/api/v1/exports/${JOB_ID}/events`);
    await check('/api/v1/exports/{id}', 'delete', `/api/v1/exports/${JOB_ID}`);
    for (const path of ['/healthz', '/readyz', '/metrics']) await check(path, 'get', path, { role: null });
  });

  it('fit it when they refuse', async () => {
    const query = '/api/v1/query';
    const statuses = [
      await check(query, 'post', query, { ...body({}), role: null }),
      await check(query, 'post', query, { ...body({}), role: 'root' }),
      await check(query, 'post', query, { headers: { 'content-type': 'application/json' }, body: '{' }),
      await check(query, 'post', query, { headers: { 'content-type': 'text/plain' }, body: 'x' }),
      await check(query, 'post', query, body('x'.repeat(1_100_000))),
      await check(query, 'post', query, { ...body({}), headers: { ...json, accept: 'text/html' } }),
      await check('/api/v1/exports/{id}', 'get', '/api/v1/exports/x'),
      await check('/api/v1/exports/{id}/events', 'get', '/api/v1/exports/x/events'),
      await check('/api/v1/exports', 'get', '/api/v1/exports?limit=201'),
    ].map(({ status }) => status);
    expect(statuses).toEqual([401, 403, 400, 415, 413, 406, 404, 404, 400]);
    harness.bus.reset();
    expect((await check(query, 'post', query, body({}))).status).toBe(503);
  });

  it('fit it for files', async () => {
    const job = (await (await harness.ask(`/api/v1/exports/${JOB_ID}`)).json()) as {
      result: { downloadUrl: string };
    };
    const link = job.result.downloadUrl.replace(PUBLIC_URL, '');
    const template = '/api/v1/exports/{id}/file';
    const statuses = [
      await check(template, 'get', link, { role: null }),
      await check(template, 'get', link, { role: null, headers: { range: 'bytes=0-1' } }),
      await check(template, 'get', link, { role: null, headers: { range: 'bytes=99-' } }),
      await check(template, 'get', `${link}0`, { role: null }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([200, 206, 416, 403]);
  });

  it('come from documented routes only, and all of these are there', async () => {
    const ignored = /^\/docs|^\/oauth|^\/\.well-known/;
    const served = harness.gateway.routes
      .filter(({ template }) => !ignored.test(template))
      .flatMap(({ template, methods }) =>
        methods
          // HEAD goes with GET; QUERY cannot be written in OpenAPI 3.1.
          .filter((method) => method !== 'HEAD' && method !== 'QUERY')
          .map((method) => `${method} ${template.replaceAll(/:(\w+)/g, '{$1}')}`),
      );
    const documented = Object.entries(document.paths)
      .filter(([template]) => !ignored.test(template))
      .flatMap(([template, operations]) =>
        Object.keys(operations).map((method) => `${method.toUpperCase()} ${template}`),
      );
    expect(served.sort()).toEqual(documented.sort());
  });
});
