import { ExportJob, Principal, Role } from '@sluice/contracts';
import { ExportingServices } from './exporting/exporting-services.js';

const PEOPLE = {
  name: 'people',
  sql: `select i as id, ['CA', 'TX'][1 + i % 2] as tenant_id, 'name ' || i as name, ['north', 'south'][1 + i // 2 % 2] as region
    from range(40) t(i)`,
  classes: { name: 'pii', region: 'open' },
};

const policy = (name: 'clear' | 'mask', rows: string): string => `version: 1
classes:
  pii: { viewer: mask, exporter: ${name}, admin: clear }
  open: { viewer: clear, exporter: clear, admin: clear }
rows:
  people: { viewer: all, exporter: ${rows}, admin: all }
`;
const OPEN = policy('clear', 'all');
const MASKED = policy('mask', 'all');
const NORTH = policy('clear', '{ column: region, op: eq, value: north }');

/** Rules of policy files and rights of clients that get narrower while a job waits, runs, or is done (SAFETY S17). */
describe('rules that get narrower', () => {
  let services: ExportingServices;
  let principal: Principal;
  let clients = 0;

  beforeAll(async () => {
    services = await ExportingServices.start([PEOPLE], OPEN, {
      SLUICE_EXPORT_SWEEP_EVERY_MS: '100',
      SLUICE_EXPORT_RENEW_EVERY_MS: '100',
    });
  });
  beforeEach(async () => {
    await services.govern(OPEN);
    principal = await client('exporter');
  });
  afterEach(() => {
    services.claims.open();
    services.uploads.open();
  });
  afterAll(() => services.close());

  async function client(role: Role): Promise<Principal> {
    const clientId = `client-${String(++clients)}`;
    await services.database.query(
      `insert into oauth_client (client_id, secret_hash, tenants, roles) values ($1, 'x', '{CA}', $2)`,
      [clientId, [role]],
    );
    return { subject: clientId, clientId, tenants: ['CA'], roles: [role] };
  }
  const giveRole = (role: Role): Promise<unknown> =>
    services.database.query(`update oauth_client set roles = $2 where client_id = $1`, [
      principal.clientId,
      [role],
    ]);
  /** A query unlike any before, so that no twin of another test answers it. */
  const submit = async (): Promise<ExportJob> => {
    const filter = { column: 'id', op: 'gte', value: -clients };
    const queryDefinition = { dataset: 'people', select: ['id', 'name', 'region'], filter, sort: ['id'] };
    return (await services.submit(principal, { queryDefinition, format: 'csv' })).job;
  };
  const ended = (job: ExportJob) => services.until(principal, job.jobId, 'Succeeded', 'Failed', 'Canceled');
  const waiting = async (): Promise<ExportJob> => {
    services.claims.close();
    return submit();
  };
  const running = async (): Promise<ExportJob> => {
    services.uploads.close();
    const job = await submit();
    return services.until(principal, job.jobId, 'Running');
  };
  const done = async (): Promise<ExportJob> => {
    const job = await ended(await submit());
    expect((await services.text(job)).split('\r\n')).toHaveLength(22);
    return job;
  };
  const refused = async (job: ExportJob): Promise<void> => {
    await expect(services.resolve(job)).rejects.toMatchObject({ code: 'policy-changed' });
    const [record] = services.records
      .filter(({ action, jobId }) => action === 'export.download' && jobId === job.jobId)
      .slice(-1);
    expect(record).toMatchObject({ status: 403, code: 'policy-changed' });
  };
  const filesOf = async ({ jobId }: ExportJob) => (await services.store.list(`CA/${jobId}`, null)).objects;

  describe('while the job waits are the rules it is run under:', () => {
    it('a column that is masked by then', async () => {
      const job = await waiting();
      await services.govern(MASKED);
      services.claims.open();
      const after = await ended(job);
      expect(after.result?.manifest.columns).toContainEqual({ name: 'name', type: 'text', masked: true });
      const text = await services.text(after);
      expect(text).toContain('0,***,north');
      expect(text).not.toContain('name 0');
    });

    it('rows that are left out by then', async () => {
      const job = await waiting();
      await services.govern(NORTH);
      services.claims.open();
      const text = await services.text(await ended(job));
      expect(text.split('\r\n')).toHaveLength(12);
      expect(text).not.toContain('south');
    });

    it('a role that is gone by then: the job is canceled', async () => {
      const job = await waiting();
      await giveRole('viewer');
      services.claims.open();
      expect(await ended(job)).toMatchObject({ state: 'Canceled', attempt: 0, result: null });
      expect(await filesOf(job)).toEqual([]);
    });
  });

  describe('while the job runs make its file one that is not handed out:', () => {
    it('a column that is masked by then', async () => {
      const job = await running();
      await services.govern(MASKED);
      services.uploads.open();
      await refused(await ended(job));
    });

    it('rows that are left out by then', async () => {
      const job = await running();
      await services.govern(NORTH);
      services.uploads.open();
      await refused(await ended(job));
    });

    it('a role that is gone by then: the job is canceled, and nothing stays', async () => {
      const job = await running();
      await giveRole('viewer');
      expect(await ended(job)).toMatchObject({ state: 'Canceled', result: null });
      services.uploads.open();
      expect(await filesOf(job)).toEqual([]);
    });
  });

  describe('when the job is done close its file, until it is exported anew:', () => {
    it('a column that is masked by then', async () => {
      const job = await done();
      await services.govern(MASKED);
      await refused(job);
      const anew = await submit();
      expect(anew.jobId).not.toBe(job.jobId);
      expect(await services.text(await ended(anew))).toContain('0,***,north');
    });

    it('rows that are left out by then', async () => {
      const job = await done();
      await services.govern(NORTH);
      await refused(job);
      const anew = await submit();
      expect(anew.jobId).not.toBe(job.jobId);
      expect(await services.text(await ended(anew))).not.toContain('south');
    });

    it('a role that is gone by then, and no other role helps', async () => {
      const job = await done();
      await giveRole('viewer');
      await refused(job);
      await giveRole('exporter');
      expect((await services.text(job)).split('\r\n')).toHaveLength(22);
    });
  });

  it('cut an admin, who became an exporter while the job waited, to what exporters see', async () => {
    await services.govern(MASKED);
    principal = await client('admin');
    const job = await waiting();
    await giveRole('exporter');
    services.claims.open();
    expect(await services.text(await ended(job))).toContain('0,***,north');
  });

  it('give an exporter who submits what an admin did a job of its own (S12)', async () => {
    await services.govern(MASKED);
    const exporter = principal;
    principal = await client('admin');
    const query = { dataset: 'people', select: ['id', 'name'], sort: ['id'] };
    const ask = (who: Principal) => services.submit(who, { queryDefinition: query, format: 'csv' });
    const [first, second] = [await ask(principal), await ask(exporter)];
    expect(second.created).toBe(true);
    expect(second.job.jobId).not.toBe(first.job.jobId);
    expect(await services.text(await ended(first.job))).toContain('0,name 0');
    principal = exporter;
    expect(await services.text(await ended(second.job))).toContain('0,***');
  });

  it('are those by which a submission is estimated', async () => {
    services.claims.close();
    expect((await submit()).progress.rowsExpected).toBe(20);
    await services.govern(NORTH);
    expect((await submit()).progress.rowsExpected).toBe(10);
    services.claims.open();
  });
});
