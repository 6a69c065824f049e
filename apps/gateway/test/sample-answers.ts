import { type ExportJob, type QueryAnswer, type QueryExplanation } from '@sluice/contracts';

export const JOB_ID = '0190b3c4-1111-7222-8333-444455556666';
export const SHA256 = 'ab'.repeat(32);

export const pendingJob: ExportJob = {
  jobId: JOB_ID,
  tenant: 'CA',
  state: 'Pending',
  format: 'csv',
  compression: null,
  progress: { percent: 0, rowsDone: 0, rowsExpected: null },
  attempt: 0,
  queuePosition: 1,
  createdAt: '2026-11-23T12:00:00.000Z',
  startedAt: null,
  finishedAt: null,
  error: null,
  result: null,
  expired: false,
};

export const succeededJob: ExportJob = {
  ...pendingJob,
  state: 'Succeeded',
  progress: { percent: 100, rowsDone: 2, rowsExpected: 2 },
  attempt: 1,
  queuePosition: null,
  startedAt: '2026-11-23T12:00:01.000Z',
  finishedAt: '2026-11-23T12:00:02.000Z',
  result: {
    rows: 2,
    bytes: 10,
    sha256: SHA256,
    fileExpiresAt: '2126-11-23T12:00:02.000Z',
    manifest: {
      jobId: JOB_ID,
      attempt: 1,
      tenant: 'CA',
      dataset: 'orders',
      queryHash: 'cd'.repeat(32),
      policyVersion: 'p1',
      dataVersion: 'd1',
      columns: [{ name: 'order_id', type: 'integer', masked: false }],
      format: 'csv',
      compression: null,
      rows: 2,
      bytes: 10,
      sha256: SHA256,
      createdAt: '2026-11-23T12:00:02.000Z',
      signature: 'sig',
    },
  },
};

export const queryText =
  '{"columns":[{"name":"big","type":"integer","masked":false}],"rows":[{"big":9007199254740993}],' +
  '"page":{"limit":1,"returned":1,"hasMore":false,"next":null},"meta":{"totalRows":1,"totalIsExact":true,' +
  '"executionMs":1.5,"etag":"\\"e1\\"","cached":false,"queryId":"q1","dataVersion":"d1"}}';

export const queryAnswer: QueryAnswer = {
  status: 200,
  etag: '"e1"',
  contentType: 'application/json; charset=utf-8',
  body: [Buffer.from(queryText)],
};

/** A page of CSV or NDJSON. */
export function pageAs(form: 'csv' | 'ndjson'): QueryAnswer {
  const facts = {
    hasMore: true,
    next: 'cursor-1',
    totalRows: 7,
    totalIsExact: true,
    cached: false,
    queryId: 'q1',
    dataVersion: 'd1',
  };
  const [contentType, text] = {
    csv: ['text/csv; charset=utf-8; header=present', 'big\r\n9007199254740993\r\n'],
    ndjson: ['application/x-ndjson; charset=utf-8', '{"big":9007199254740993}\n'],
  }[form] as [string, string];
  return { status: 200, etag: '"e2"', contentType, body: [Buffer.from(text)], facts };
}

export const explanation: QueryExplanation = {
  dataset: 'flights',
  tables: [{ dataset: 'flights', path: '', columns: ['origin'], rowFilters: [{ column: 'a' }, null] }],
  columns: [{ name: 'origin', type: 'text', masked: false, treatment: 'clear', dataClass: null }],
  groupedBy: ['origin'],
  order: [{ expression: 'origin', direction: 'asc' }],
  estimatedRows: 5,
  cached: true,
  wouldRefuse: { code: 'query-too-broad', message: 'm', details: {} },
  policyVersion: 'p1',
  dataVersion: 'd1',
};
