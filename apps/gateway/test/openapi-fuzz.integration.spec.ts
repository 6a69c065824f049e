import { Agent, request } from 'node:http';
import {
  datasetsDescribe,
  datasetsList,
  exportCancel,
  exportGet,
  exportList,
  exportResolveDownload,
  exportSubmit,
  queryRun,
  SluiceError,
} from '@sluice/contracts';
import * as fc from 'fast-check';
import { openApiDocument } from '../src/index.js';
import { startHarness, type Harness } from './gateway-harness.js';
import { mustBeProblem, type RawAnswer } from './raw-http.js';
import { JOB_ID, pendingJob, queryAnswer, succeededJob } from './sample-answers.js';

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, unknown>>;
}
interface Route {
  readonly method: string;
  readonly template: string;
  readonly operation: Operation;
}
interface Shot {
  readonly route: Route;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

const RUNS = 2_000;
const { paths, components } = JSON.parse(JSON.stringify(openApiDocument())) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: object };
};
/** Served with the built-in issuer only, and tested with it. */
const IDENTITY = /^\/oauth|^\/\.well-known/;
const ROUTES: readonly Route[] = Object.entries(paths)
  .filter(([template]) => !IDENTITY.test(template))
  .flatMap(([template, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      template,
      operation,
    })),
  );

/** Every key that some schema names: what is made of these gets further than what is made of anything. */
const KEYS = [...new Set(keysIn(components.schemas))];

function keysIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {} } = schema as { properties?: object };
  return [...Object.keys(properties), ...Object.values(schema).flatMap(keysIn)];
}

const odd = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    JOB_ID,
    'flights',
    '__proto__',
    '..',
    '%',
    '\0',
    '/',
    "' or 1=1 --",
    '\u2028',
    '*',
    'bytes=0-',
    '"e1"',
    '0',
    '-1',
  ),
);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, depthSize: 'small' },
    fc.constantFrom(null, true, 0, 1, -1, 5_001, 1e21, 0.1, 'csv', 'flights', 'eq', '2024-01-01'),
    odd,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom(...KEYS), odd), tie('value')), { maxLength: 5 })
      .map((entries) => Object.fromEntries(entries) as unknown),
  ),
})).value;
const bodyText = fc.oneof(
  { weight: 6, arbitrary: json.map((value) => JSON.stringify(value) ?? 'null') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: json.map((value) => (JSON.stringify(value) ?? '').slice(1)) },
);

/** A header's value as HTTP allows it; a header that cannot be sent proves nothing of the gateway. */
const headerText = odd.map((text) => text.replaceAll(/[^\x20-\x7e\x80-\xff]/g, '?').trim());

function shotsAt(route: Route): fc.Arbitrary<Shot> {
  const parameters = route.operation.parameters ?? [];
  const named = (place: string) =>
    parameters.filter((parameter) => parameter.in === place).map(({ name }) => name);
  const query = fc.array(
    fc.tuple(fc.oneof(fc.constantFrom('q', ...named('query')), odd), fc.oneof(odd, bodyText)),
    { maxLength: 3 },
  );
  const headers = fc.array(
    fc.tuple(
      fc.constantFrom(
        'accept',
        'x-request-id',
        'if-none-match',
        ...named('header').map((name) => name.toLowerCase()),
      ),
      headerText,
    ),
    { maxLength: 3 },
  );
  const type = fc.constantFrom('application/json', 'application/json', 'application/json', 'text/plain', '');
  const token = fc.constantFrom('exporter', 'exporter', 'exporter', 'viewer', 'none', 'bad');
  return fc
    .tuple(
      fc.array(odd, { minLength: 2, maxLength: 2 }),
      query,
      headers,
      type,
      token,
      fc.option(bodyText, { freq: 8 }),
    )
    .map(([segments, pairs, sent, contentType, role, body]) => {
      let at = 0;
      const path = route.template.replaceAll(
        /\{\w+\}/g,
        () => encodeURIComponent((segments[at++] ?? 'x').toWellFormed()) || 'x',
      );
      const search = new URLSearchParams(
        pairs.map(([name, value]): [string, string] => [name.toWellFormed(), value.toWellFormed()]),
      ).toString();
      const withBody = route.operation.requestBody === undefined ? null : body;
      return {
        route,
        path: search === '' ? path : `${path}?${search}`,
        headers: {
          ...Object.fromEntries(sent),
          role,
          ...(withBody !== null && contentType !== '' && { 'content-type': contentType }),
        },
        body: withBody,
      };
    });
}

describe('whatever is sent to the documented operations', () => {
  let harness: Harness;
  const tokens: Record<string, string> = { bad: 'Bearer e30.e30.x' };
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  beforeAll(async () => {
    harness = await startHarness();
    for (const role of ['exporter', 'viewer'])
      tokens[role] = `Bearer ${await harness.issuer.token({ roles: [role] })}`;
    const { bus } = harness;
    bus.on(queryRun, () => queryAnswer);
    bus.on(datasetsList, () => []);
    bus.on(datasetsDescribe, () => {
      throw new SluiceError('unknown-dataset', 'There is no such dataset.');
    });
    bus.on(exportSubmit, () => ({ job: pendingJob, created: true }));
    bus.on(exportGet, () => succeededJob);
    bus.on(exportList, () => ({ jobs: [succeededJob], next: null }));
    bus.on(exportCancel, () => pendingJob);
    bus.on(exportResolveDownload, () => {
      throw new SluiceError('export-not-found', 'There is no such export.');
    });
    // What a route that is newer than this list asks for.
    bus.otherwise = () => {
      throw new SluiceError('invalid-request', 'The request is not valid.');
    };
  });
  afterAll(async () => {
    agent.destroy();
    await harness.stop();
  });

  function fire({ route, path, headers, body }: Shot): Promise<RawAnswer> {
    const { role = 'none', ...rest } = headers;
    const authorization = tokens[role];
    return new Promise((resolve, reject) => {
      const sent = request(harness.url + path, {
        agent,
        method: route.method,
        headers: {
          ...rest,
          ...(authorization !== undefined && { authorization }),
          ...(body !== null && { 'content-length': Buffer.byteLength(body) }),
        },
      });
      sent.on('error', reject);
      sent.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers as Record<string, string>,
            body: Buffer.concat(chunks).toString(),
          });
        });
      });
      sent.end(body ?? undefined);
    });
  }

  it(`is answered as documented, never by a fault: ${String(RUNS)} requests`, async () => {
    const seen = new Map<number, number>();
    const shot = fc.constantFrom(...ROUTES).chain(shotsAt);
    await fc.assert(
      fc.asyncProperty(shot, async (made) => {
        const answer = await fire(made);
        const { method, template, operation } = made.route;
        seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
        if (answer.status >= 500 || !(String(answer.status) in operation.responses)) {
          throw new Error(
            `${method} ${template} answered ${String(answer.status)}: ${answer.body.slice(0, 300)}`,
          );
        }
        if (answer.status >= 400) mustBeProblem(answer, `${method} ${made.path}`);
      }),
      { numRuns: RUNS, seed: 20_261_126, endOnFailure: false },
    );
    // It is no fuzzing when all is refused at the door.
    expect([...seen.keys()]).toEqual(expect.arrayContaining([200, 202, 400, 401, 403, 404, 415]));
    expect(seen.get(200)).toBeGreaterThan(RUNS / 10);
  });
});
