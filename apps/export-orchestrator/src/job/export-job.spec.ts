import { DEFAULT_CSV_OPTIONS, DEFAULT_PDF_OPTIONS } from '@sluice/contracts';
import { toExportJob } from './export-job.js';
import { JobRow, liveAttempt } from './job-row.js';

const row: JobRow = {
  id: '5d1d6a8e-1c52-4b7f-9a63-0a6a8f0c1f11',
  tenant: 'CA',
  client_id: 'ca-exporter',
  subject: 'ca-exporter',
  principal: { subject: 'ca-exporter', clientId: 'ca-exporter', tenants: ['CA'], roles: ['exporter'] },
  origin: { requestId: 'r', address: '127.0.0.1' },
  spec: {
    queryDefinition: {},
    format: 'csv',
    compression: null,
    csv: DEFAULT_CSV_OPTIONS,
    pdf: DEFAULT_PDF_OPTIONS,
  },
  dataset: 'flights',
  output_columns: [],
  query_hash: 'q',
  state: 'Running',
  attempt: 1,
  losses: 0,
  rows_done: '50',
  rows_expected: '200',
  error_code: null,
  error_message: null,
  manifest: null,
  file_name: null,
  file_expires_at: null,
  created_at: new Date(0),
  started_at: new Date(1_000),
  finished_at: null,
  lease_expired: false,
  due: true,
  file_expired: null,
};
const manifest: JobRow['manifest'] = {
  jobId: row.id,
  attempt: 1,
  tenant: 'CA',
  dataset: 'flights',
  queryHash: 'q',
  policyVersion: 'p',
  dataVersion: 'd',
  columns: [],
  format: 'csv',
  compression: null,
  rows: 3,
  bytes: 30,
  sha256: 'abc',
  createdAt: '1970-01-01T00:00:00.000Z',
  signature: 's',
};

describe('toExportJob', () => {
  it('tells progress and times', () => {
    expect(toExportJob(row, null)).toMatchObject({
      jobId: row.id,
      state: 'Running',
      compression: null,
      progress: { percent: 25, rowsDone: 50, rowsExpected: 200 },
      queuePosition: null,
      createdAt: '1970-01-01T00:00:00.000Z',
      startedAt: '1970-01-01T00:00:01.000Z',
      finishedAt: null,
      error: null,
      result: null,
    });
  });

  it.each<[Partial<JobRow>, number]>([
    [{ rows_expected: null }, 0],
    [{ rows_expected: '0' }, 0],
    [{ rows_done: '300' }, 99],
    [{ rows_done: '200' }, 99],
    [{ state: 'Succeeded', rows_expected: '0' }, 100],
  ])('reads %j as %i percent', (part, percent) => {
    expect(toExportJob({ ...row, ...part }, null).progress.percent).toBe(percent);
  });

  it('tells the result with the time its file goes', () => {
    const expires = new Date(5_000);
    const { result } = toExportJob({ ...row, state: 'Succeeded', manifest, file_expires_at: expires }, null);
    expect(result).toEqual({
      rows: 3,
      bytes: 30,
      sha256: 'abc',
      fileExpiresAt: '1970-01-01T00:00:05.000Z',
      manifest,
    });
  });

  it('tells a fault only when it is final', () => {
    const faulty = { ...row, error_code: 'overloaded', error_message: 'Busy.' };
    expect(toExportJob({ ...faulty, state: 'Pending' }, 1).error).toBeNull();
    expect(toExportJob({ ...faulty, state: 'Failed' }, null).error).toEqual({
      code: 'overloaded',
      message: 'Busy.',
    });
  });
});

describe('liveAttempt', () => {
  it.each<[Partial<JobRow>, number | null]>([
    [{}, null],
    [{ manifest, file_expired: false }, 1],
    [{ manifest, file_expired: true }, null],
  ])('of %j is %j', (part, attempt) => {
    expect(liveAttempt({ ...row, ...part })).toBe(attempt);
  });
});
