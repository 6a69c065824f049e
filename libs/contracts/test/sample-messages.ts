import { AuditRecord } from '../src/audit.js';
import { auditRecorded } from '../src/audit-events.js';
import { ClaimedJob, ExportJob } from '../src/export.js';
import * as exports from '../src/export-messages.js';
import { Origin, Principal } from '../src/principal.js';
import { QueryAnswer, RunQuery } from '../src/query.js';
import * as queries from '../src/query-messages.js';

export const principal: Principal = {
  subject: 's',
  clientId: 'c',
  tenants: ['CA', 'TX'],
  roles: ['viewer'],
  claims: { region: 'west', teams: ['a', 'b'] },
};
const origin: Origin = { requestId: 'r', address: '127.0.0.1' };
export const error = { code: 'internal', message: 'm', details: { limit: { name: 'n', value: 1 } } } as const;
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
export const runQuery: RunQuery = {
  principal,
  origin,
  body: { any: ['thing'] },
  ifNoneMatch: null,
  noCache: false,
  form: 'csv',
  timeoutMs: 5,
};
export const answer: QueryAnswer = { status: 200, etag: 'e', contentType: 'text/csv', body: bytes, facts };
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
export const job: ExportJob = {
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
export const record: AuditRecord = {
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
export const progress = { jobId: 'j', attempt: 1, rowsDone: 0, rowsExpected: null };
const succeeded = { kind: 'succeeded', key: 'k', fileName: 'f', manifest };

/** One whole message for each schema that something is checked with. */
export const messages = [
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
