import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import {
  createDataSource,
  createScratchDatabase,
  migrate,
  MIGRATIONS,
  openMigrated,
  pendingMigrations,
  schemaGaps,
  ScratchDatabase,
} from '../src/index.js';

const names = MIGRATIONS.map((migration) => new migration().name);

describe('metadata database', () => {
  let database: ScratchDatabase;
  const opened: DataSource[] = [];

  async function open(url = database.url, statementTimeoutMs = 30_000): Promise<DataSource> {
    const dataSource = await createDataSource({
      url,
      poolSize: 2,
      connectTimeoutMs: 30_000,
      statementTimeoutMs,
    });
    opened.push(dataSource);
    return dataSource;
  }

  beforeEach(async () => {
    database = await createScratchDatabase(process.env['SLUICE_TEST_POSTGRES_URL']);
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((dataSource) => dataSource.destroy()));
    await database.drop();
  });

  it('names its migrations by ascending numbers', () => {
    expect(names).toEqual([...names].sort((a, b) => Number(a.slice(-13)) - Number(b.slice(-13))));
    expect(new Set(names).size).toBe(names.length);
  });

  it('migrates an empty database, and finds nothing to do the second time', async () => {
    const dataSource = await open();
    await expect(pendingMigrations(dataSource)).resolves.toEqual(names);
    await expect(migrate(dataSource)).resolves.toEqual(names);
    await expect(pendingMigrations(dataSource)).resolves.toEqual([]);
    await expect(migrate(dataSource)).resolves.toEqual([]);
  });

  it('lets one of several processes migrate while the others wait', async () => {
    const dataSources = await Promise.all([open(), open(), open(), open()]);
    const applied = await Promise.all(dataSources.map((dataSource) => migrate(dataSource)));
    expect(applied.flat()).toEqual(names);
  });

  it('fits beside a newer version that only adds, and not beside one that takes away what it uses', async () => {
    const dataSource = await open();
    await expect(schemaGaps(dataSource)).resolves.toEqual(['migrations']);
    await migrate(dataSource);
    const apply = (name: string) =>
      dataSource.query('insert into schema_migration (timestamp, name) values ($1, $2)', [
        name.slice(-13),
        name,
      ]);
    await apply('More998_1700000000998');
    await expect(schemaGaps(dataSource)).resolves.toEqual([]);
    await (await openMigrated(database.url, () => undefined)).destroy();
    await expect(migrate(dataSource)).resolves.toEqual([]);
    await apply('DropJobs999Needs998_1700000000999');
    await expect(schemaGaps(dataSource)).resolves.toEqual(['schema-too-new']);
    const refusal = /cannot run with it \(DropJobs999Needs998_1700000000999\)/;
    await expect(openMigrated(database.url, () => undefined)).rejects.toThrow(refusal);
    await expect(migrate(dataSource)).rejects.toThrow(refusal);
  });

  it('builds the index of lists without holding jobs, anew when it was broken off', async () => {
    const dataSource = await open();
    await migrate(dataSource);
    await dataSource.query(
      `update pg_index set indisvalid = false where indexrelid = 'export_job_listed'::regclass`,
    );
    await dataSource.query(`delete from schema_migration where name like 'ExportListIndex006%'`);
    const holder = (await open()).createQueryRunner();
    await holder.startTransaction();
    await holder.query(`lock table export_job in row exclusive mode`);
    const migrating = migrate(dataSource);
    // Whoever writes jobs meanwhile need not wait for the index, which waits for them.
    await dataSource.query(`delete from export_job`);
    await holder.commitTransaction();
    await holder.release();
    await expect(migrating).resolves.toEqual(names.filter((name) => name.startsWith('ExportListIndex006')));
    const valid = await dataSource.query<unknown>(
      `select indisvalid as valid from pg_index where indexrelid = 'export_job_listed'::regclass`,
    );
    expect(valid).toEqual([{ valid: true }]);
  });

  it('ends a statement that runs too long', async () => {
    const dataSource = await open(database.url, 500);
    await expect(dataSource.query('select pg_sleep(300)')).rejects.toThrow('statement timeout');
  });

  it('says which server cannot be used, without the password', async () => {
    const unreachable = await open('postgres://ada:hunter2@127.0.0.1:1/nothing').catch(
      (error: unknown) => error,
    );
    expect(String(unreachable)).toMatch(
      /^Error: Postgres at 127\.0\.0\.1:1\/nothing cannot be used: .*ECONNREFUSED/,
    );
    expect(String(unreachable)).not.toContain('hunter2');
    const senseless = await open('no url').catch((error: unknown) => error);
    expect(String(senseless)).toContain('not a valid URL');
  });

  it('survives losing an idle connection', async () => {
    const errors: Error[] = [];
    const dataSource = await createDataSource({
      url: database.url,
      poolSize: 1,
      connectTimeoutMs: 5_000,
      statementTimeoutMs: 5_000,
      onIdleError: (error) => errors.push(error),
    });
    opened.push(dataSource);
    const [{ pid }] = await dataSource.query<[{ pid: number }]>('select pg_backend_pid() as pid');
    await (await open()).query('select pg_terminate_backend($1)', [pid]);
    while (errors.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await expect(dataSource.query('select 1 as one')).resolves.toEqual([{ one: 1 }]);
  });

  describe('audit_record', () => {
    const insert = `insert into audit_record (id, at, action, columns, masks, status, duration_ms, request_id)
      values ($1, now(), 'query', '{a}', '{}', 200, 1.5, 'r1')`;

    it.each([
      'update audit_record set status = 500',
      'delete from audit_record',
      'truncate audit_record',
      `update audit_record set status = 500 where request_id = 'nothing'`,
    ])('refuses: %s', async (statement) => {
      const dataSource = await open();
      await migrate(dataSource);
      await dataSource.query(insert, [randomUUID()]);
      await expect(dataSource.query(statement)).rejects.toThrow('append-only');
      await expect(dataSource.query('select status from audit_record')).resolves.toEqual([{ status: 200 }]);
    });

    it('takes an id once', async () => {
      const dataSource = await open();
      await migrate(dataSource);
      const id = randomUUID();
      await dataSource.query(insert, [id]);
      await expect(dataSource.query(insert, [id])).rejects.toThrow('duplicate key');
      await dataSource.query(`${insert} on conflict (id) do nothing`, [id]);
    });
  });

  it('tells how to get a server when none is set', async () => {
    await expect(createScratchDatabase(undefined)).rejects.toThrow('tools/services/services.mjs run');
  });
});
