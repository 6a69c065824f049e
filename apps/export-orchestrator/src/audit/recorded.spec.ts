import { AuditRecord, AuditSink, Principal, SluiceError } from '@sluice/contracts';
import { Asked, recorded } from './recorded.js';

const principal: Principal = { subject: 's', clientId: 'c', tenants: ['CA'], roles: ['exporter'] };
const asked: Asked = {
  action: 'export.submit',
  principal,
  tenant: 'CA',
  origin: { requestId: 'r', address: '10.0.0.1' },
  jobId: null,
};

class KeptRecords implements AuditSink {
  readonly records: AuditRecord[] = [];
  async record(record: AuditRecord): Promise<void> {
    this.records.push(record);
  }
}

describe('recorded', () => {
  it('records an answer with what was noted, before it is given', async () => {
    const audit = new KeptRecords();
    const answer = await recorded(audit, asked, async (note) => {
      note({ dataset: 'flights', columns: ['a', 'b'], masks: ['b'] });
      note({ jobId: 'j', status: 202 });
      expect(audit.records).toEqual([]);
      return 'answer';
    });
    expect(answer).toBe('answer');
    expect(audit.records).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        action: 'export.submit',
        subject: 's',
        clientId: 'c',
        tenant: 'CA',
        dataset: 'flights',
        columns: ['a', 'b'],
        masks: ['b'],
        queryHash: null,
        rows: null,
        status: 202,
        code: null,
        durationMs: expect.any(Number),
        requestId: 'r',
        address: '10.0.0.1',
        jobId: 'j',
      },
    ]);
  });

  it.each([
    [new SluiceError('role-required', 'No.'), 403, 'role-required'],
    [new Error('a bug'), 500, 'internal'],
  ])('records %p with the status it stands for', async (error, status, code) => {
    const audit = new KeptRecords();
    const refused = recorded(audit, asked, async (note) => {
      note({ dataset: 'flights', status: 202 });
      throw error;
    });
    await expect(refused).rejects.toBe(error);
    expect(audit.records).toMatchObject([{ status, code, dataset: 'flights' }]);
  });

  it.each([async () => 'answer', () => Promise.reject(new Error('refusal'))])(
    'answers neither way when it cannot be recorded',
    async (work) => {
      const full = new SluiceError('audit-unavailable', 'Full.');
      const audit: AuditSink = { record: () => Promise.reject(full) };
      await expect(recorded(audit, asked, work)).rejects.toBe(full);
    },
  );
});
