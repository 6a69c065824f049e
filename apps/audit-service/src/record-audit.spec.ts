import { AuditRecord } from '@sluice/contracts';
import { AuditTrail } from './ports.js';
import { RecordAuditUseCase } from './record-audit.js';

const record: AuditRecord = {
  id: '6b8e2f0c-0d2e-4f5c-9d0b-0e0c7f2a1b3c',
  at: '2026-01-02T03:04:05.678Z',
  action: 'query',
  subject: 'ada',
  clientId: 'ca-viewer',
  tenant: 'CA',
  dataset: 'flights',
  columns: ['flights.origin'],
  masks: [],
  queryHash: null,
  rows: 1,
  status: 200,
  code: null,
  durationMs: 1.5,
  requestId: 'r-1',
  address: null,
  jobId: null,
};

class MemoryTrail implements AuditTrail {
  readonly records: AuditRecord[] = [];

  async append(records: readonly AuditRecord[]): Promise<number> {
    this.records.push(...records);
    return records.length;
  }
}

describe('RecordAuditUseCase', () => {
  const trail = new MemoryTrail();
  const useCase = new RecordAuditUseCase(trail);
  beforeEach(() => trail.records.splice(0));

  it('appends what it is given', async () => {
    await expect(useCase.record({ records: [record] })).resolves.toBe(1);
    expect(trail.records).toEqual([record]);
  });

  it('makes text storable', async () => {
    await useCase.record({ records: [{ ...record, dataset: 'a\0b', columns: ['x\ud800y'] }] });
    expect(trail.records).toMatchObject([{ dataset: 'a\uFFFDb', columns: ['x\uFFFDy'] }]);
  });

  it('does not trouble the trail with an empty batch', async () => {
    await expect(useCase.record({ records: [] })).resolves.toBe(0);
    expect(trail.records).toEqual([]);
  });
});
