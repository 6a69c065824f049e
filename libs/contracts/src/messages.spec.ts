import { AuditRecord } from './audit.js';
import { auditRecorded } from './audit-events.js';
import { ClaimedJob, ExportJob } from './export.js';
import * as exports from './export-messages.js';
import { Origin, Principal } from './principal.js';
import { QueryAnswer, RunQuery } from './query.js';
import * as queries from './query-messages.js';
import { messageAddress } from './rpc.js';

const principal: Principal = {
  subject: 's',
  clientId: 'c',
  tenants: ['CA', 'TX'],
  roles: ['viewer'],
  claims: { region: 'west', teams: ['a', 'b'] },
};
const origin: Origin = { requestId: 'r', address: '127.0.0.1' };
const error = { code: 'internal', message: 'm', details: { limit: { name: 'n', value: 1 } } } as const;
const column = { name: 'n', type: 'string', masked: false };
const bytes = [new Uint8Array([1]), Buffer.from('x')];
const facts = {
  hasMore: true,
  next: null,
  totalRows: 5,
  totalIsExact: true,
  cached: false,
  queryId: 'q',
  dataVersion: 'd',
};
const runQuery: RunQuery = {
  principal,
  origin,
  body: { any: ['thing'] },
  ifNoneMatch: null,
  noCache: false,
  form: 'csv',
  timeoutMs: 5,
};
const answer: QueryAnswer = { status: 200, etag: 'e', contentType: 'text/csv', body: bytes, facts };
const manifest = {
  jobId: 'j',
  attempt: 1,
  tenant: 'CA',
  dataset: 'd',
  queryHash: 'h',
  policyHash: 'p',
  policyVersion: 'v',
  dataVersion: 'v',
  columns: [column],
  format: 'csv',
  compression: null,
  rows: 1,
  bytes: 2,
  sha256: 'f',
  createdAt: 't',
  signature: 's',
} as const;
const job: ExportJob = {
  jobId: 'j',
  tenant: 'CA',
  state: 'Succeeded',
  format: 'csv',
  compression: 'gzip',
  progress: { percent: 12.5, rowsDone: 1, rowsExpected: null },
  attempt: 0,
  queuePosition: null,
  createdAt: 't',
  startedAt: null,
  finishedAt: null,
  error: null,
  result: { rows: 1, bytes: 1, sha256: 'f', fileExpiresAt: 't', manifest },
  expired: false,
};
const claimed: ClaimedJob = {
  jobId: 'j',
  attempt: 1,
  principal,
  spec: {
    queryDefinition: {},
    format: 'pdf',
    compression: null,
    csv: { delimiter: ',', bom: false, nullText: '', rawText: false },
    pdf: { title: null, paper: 'a4' },
  },
  origin,
  leaseMs: 1,
};
const record: AuditRecord = {
  id: '6b8e2f0c-0d2e-4f5c-9d0b-0e0c7f2a1b3c',
  at: '2026-01-02T03:04:05.678Z',
  action: 'denied',
  subject: null,
  clientId: null,
  tenant: null,
  dataset: null,
  columns: ['a.b'],
  masks: [],
  queryHash: null,
  rows: null,
  status: 403,
  code: 'role-required',
  durationMs: 1.5,
  requestId: 'r',
  address: null,
  jobId: null,
};
const explanation = {
  dataset: 'd',
  tables: [{ dataset: 'd', path: '', columns: ['a'], rowFilters: [null, { column: 'a' }] }],
  columns: [{ ...column, treatment: 'clear', dataClass: null }],
  groupedBy: null,
  order: [{ expression: 'a', direction: 'asc' }],
  estimatedRows: null,
  cached: false,
  wouldRefuse: error,
  policyVersion: 'v',
  dataVersion: 'v',
};
const described = {
  name: 'd',
  description: '',
  default: false,
  key: ['id'],
  tenantColumn: null,
  columns: [{ ...column, description: '', treatment: 'clear' }],
  relations: [{ name: 'r', dataset: 'x', columns: ['a'] }],
  largeTable: { rows: 1, conditionOn: ['a'] },
};
const checkedQuery = {
  dataset: 'd',
  columns: [column],
  queryHash: 'h',
  viewHash: 'h',
  policyHash: 'h',
  estimatedRows: null,
  policyVersion: 'v',
  dataVersion: 'v',
};

const { queryRun, queryExplain, queryCheck, datasetsList, datasetsDescribe } = queries;
const { exportSubmit, exportGet, exportList, exportCancel, exportResolveDownload } = exports;
const { exportClaim, exportRenew, exportReady, exportFinished } = exports;
const asked = { principal, origin, jobId: 'j', again: true };
const submitted = { principal, origin, body: null, idempotencyKey: null, submissionId: 'u' };
const position = { createdAt: 't', jobId: 'j' };
const listed = { principal, origin, state: null, limit: 50, after: position };
const file = { key: 'k', fileName: 'f', contentType: 't', bytes: 1 };
const progress = { jobId: 'j', attempt: 1, rowsDone: 0, rowsExpected: null };
const succeeded = { kind: 'succeeded', key: 'k', fileName: 'f', manifest };

/** One whole message for each schema that something is checked with. */
const messages = [
  ['query.run', queryRun.request, runQuery],
  ['query.run answer', queryRun.response, answer],
  ['query.explain', queryExplain.request, { principal, origin, body: {} }],
  ['query.explain answer', queryExplain.response, explanation],
  ['query.check', queryCheck.request, { principal, body: 1, policyOnly: true }],
  ['query.check answer', queryCheck.response, checkedQuery],
  ['datasets.list', datasetsList.request, { principal }],
  ['datasets.list answer', datasetsList.response, [{ name: 'd', description: '', default: true }]],
  ['datasets.describe', datasetsDescribe.request, { principal, name: 'd' }],
  ['datasets.describe answer', datasetsDescribe.response, described],
  ['export.submit', exportSubmit.request, submitted],
  ['export.submit answer', exportSubmit.response, { job, created: true }],
  ['export.get', exportGet.request, asked],
  ['export.get answer', exportGet.response, job],
  ['export.list', exportList.request, listed],
  ['export.list answer', exportList.response, { jobs: [job], next: position }],
  ['export.cancel', exportCancel.request, asked],
  ['export.cancel answer', exportCancel.response, job],
  [
    'export.resolve-download',
    exportResolveDownload.request,
    { jobId: 'j', tenant: 'CA', sha256: 'f', origin },
  ],
  ['export.resolve-download answer', exportResolveDownload.response, file],
  ['export.claim', exportClaim.request, { jobId: 'j', workerId: 'w' }],
  ['export.claim answer', exportClaim.response, claimed],
  ['export.renew', exportRenew.request, progress],
  ['export.renew answer', exportRenew.response, { proceed: true }],
  ['export.ready', exportReady.message, { jobId: 'j' }],
  ['export.finished', exportFinished.message, { jobId: 'j', attempt: 1, outcome: succeeded }],
  [
    'export.finished, failed',
    exportFinished.message,
    { jobId: 'j', attempt: 1, outcome: { kind: 'failed', error, transient: true } },
  ],
  ['audit.recorded', auditRecorded.message, { records: [record] }],
] as const;

/** Keys that may be missing: optional ones, and those of free content. */
const OPTIONAL = [
  ...[
    'claims',
    'region',
    'teams',
    'form',
    'timeoutMs',
    'facts',
    'policyOnly',
    'submissionId',
    'again',
    'policyHash',
  ],
  ...['limit', 'body', 'queryDefinition', 'any', 'column'],
];

/** The message once without each key that it holds, anywhere, with the key's name. */
function* mutilated(value: unknown): Generator<readonly [string, unknown]> {
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (!Array.isArray(value)) {
      const { [key as never]: _, ...others } = value;
      yield [key, others];
    }
    for (const [name, changed] of mutilated(item)) {
      yield [name, Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed }];
    }
  }
}

describe('the schemas of messages', () => {
  it.each(messages)('%s: take a whole one, also with more than they know', (_, schema, message) => {
    expect(schema.safeParse(message).error).toBeUndefined();
    const extended = Array.isArray(message) ? message : { ...message, later: { more: 1 } };
    expect(schema.safeParse(extended).success).toBe(true);
  });

  it.each(messages)('%s: refuse one that lacks a field', (_, schema, message) => {
    const lacking = [...mutilated(message)].filter(([key]) => !OPTIONAL.includes(key));
    if (!Array.isArray(message)) expect(lacking.length).toBeGreaterThan(0);
    expect(lacking.filter(([, changed]) => schema.safeParse(changed).success).map(([key]) => key)).toEqual(
      [],
    );
  });

  it.each([null, 'text', 5, [], undefined, new Map()])('refuse %p', (message) => {
    const taking = messages.filter(([, schema]) => schema.safeParse(message).success).map(([name]) => name);
    const lists = Array.isArray(message) ? ['datasets.list answer'] : [];
    expect(taking).toEqual(message === null ? ['export.claim answer'] : lists);
  });

  it.each([
    ['a tenant that is none', queryRun.request, { ...runQuery, principal: { ...principal, tenants: [] } }],
    ['an unknown role', queryRun.request, { ...runQuery, principal: { ...principal, roles: ['root'] } }],
    [
      'a claim that is no text',
      queryRun.request,
      { ...runQuery, principal: { ...principal, claims: { a: 1 } } },
    ],
    ['pieces that are no bytes', queryRun.response, { ...answer, body: ['text'] }],
    ['an unknown status', queryRun.response, { ...answer, status: 500 }],
    ['an unknown state', exportGet.response, { ...job, state: 'Lost' }],
    ['half an attempt', exportRenew.request, { ...progress, attempt: 1.5 }],
    ['an outcome of no kind', exportFinished.message, { jobId: 'j', attempt: 1, outcome: { kind: 'lost' } }],
    ['a record of no action', auditRecorded.message, { records: [{ ...record, action: 'unheard-of' }] }],
    ['a record with another id', auditRecorded.message, { records: [record, { ...record, id: '1; drop' }] }],
    ['a record of no time', auditRecorded.message, { records: [{ ...record, at: 'yesterday' }] }],
    ['too many records', auditRecorded.message, { records: Array(10_001).fill(record) }],
  ])('refuse %s', (_, schema, message) => {
    expect(schema.safeParse(message).success).toBe(false);
  });

  it('let an error pass whose code is not known yet', () => {
    const outcome = { kind: 'failed', error: { ...error, code: 'of-tomorrow' }, transient: true };
    expect(exportFinished.message.safeParse({ jobId: 'j', attempt: 1, outcome }).success).toBe(true);
  });

  it('let a body be left out, as undefined is on the way', () => {
    const { body: _, ...others } = runQuery;
    expect(queryRun.request.safeParse(others).success).toBe(true);
  });

  it('change nothing in what they look at', () => {
    const frozen = JSON.stringify(runQuery);
    queryRun.request.safeParse(runQuery);
    queryRun.response.safeParse(answer);
    expect(JSON.stringify(runQuery)).toBe(frozen);
    expect(Object.isFrozen(runQuery.principal.roles) || Object.isFrozen(answer.body)).toBe(false);
  });
});

describe('messageAddress', () => {
  it('is the name, with the version unless it is the first', () => {
    expect([1, 2].map((version) => messageAddress({ name: 'query.run', version }))).toEqual([
      'query.run',
      'query.run.v2',
    ]);
  });
});
