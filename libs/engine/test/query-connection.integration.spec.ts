import { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import { TEXT, decimalType } from '@sluice/catalog';
import { OpenInstance } from '../src/duckdb/open-instance.js';
import { openForQueries } from '../src/duckdb/open-for-queries.js';
import { QueryConnection } from '../src/duckdb/query-connection.js';
import { readStoredTables } from '../src/tables/stored-table.js';
import { integer, makeTable, parameter, statement, temporaryFolder, text } from './make-table.js';

const folder = temporaryFolder();
let open: OpenInstance;
let connection: QueryConnection;
let prepare: jest.SpyInstance<Promise<DuckDBPreparedStatement>, [sql: string]>;

beforeAll(async () => {
  await makeTable(
    folder.path,
    'flights',
    '1',
    `select i as id, 'T' || (i % 3) as tenant from range(1000) r(i)`,
  );
  open = await openForQueries(await readStoredTables(folder.path), { threads: 1, memoryLimit: '256MB' });
});
afterAll(() => {
  open.close();
});

beforeEach(async () => {
  const raw: DuckDBConnection = await open.instance.connect();
  prepare = jest.spyOn(raw, 'prepare');
  connection = new QueryConnection(raw);
});
afterEach(() => {
  connection.close();
});

const BY_TENANT = 'select count(*), max("id") from "flights"."main"."rows" where "tenant" = $1 and "id" < $2';

it('prepares a text once, and answers each time with the values of that time', async () => {
  const ask = (tenant: string, below: bigint) =>
    connection.run(statement(BY_TENANT, text(tenant), integer(below)));
  expect(await ask('T0', 30n)).toEqual([[10n, 27n]]);
  expect(await ask('T1', 30n)).toEqual([[10n, 28n]]);
  expect(await ask('T1', 3n)).toEqual([[1n, 1n]]);
  expect(await ask('none', 3n)).toEqual([[0n, null]]);
  expect(prepare).toHaveBeenCalledTimes(1);
});

it('prepares anew for other types, so that no value is cast', async () => {
  const same = 'select cast($1 as varchar)';
  expect(await connection.run(statement(same, parameter(decimalType(4, 1), '10.5')))).toEqual([['10.5']]);
  expect(await connection.run(statement(same, parameter(decimalType(6, 3), '10.512')))).toEqual([['10.512']]);
  expect(await connection.run(statement(same, parameter(TEXT, 'x')))).toEqual([['x']]);
  expect(prepare).toHaveBeenCalledTimes(3);
});

it('does not use a statement again that failed', async () => {
  const failing = statement('select cast($1 as bigint)', text('x'));
  await expect(connection.run(failing)).rejects.toThrow('Conversion Error');
  await expect(connection.run({ ...failing, parameters: [text('7')] })).resolves.toEqual([[7n]]);
  expect(prepare).toHaveBeenCalledTimes(2);
});

it('keeps the 64 used last, and lets go of the others', async () => {
  const destroyed = jest.spyOn(DuckDBPreparedStatement.prototype, 'destroySync');
  for (let n = 0; n < 70; n += 1) await connection.run(statement(`select ${n}`));
  expect(destroyed).toHaveBeenCalledTimes(6);
  await connection.run(statement('select 69'));
  expect(prepare).toHaveBeenCalledTimes(70);
  await connection.run(statement('select 5'));
  expect(prepare).toHaveBeenCalledTimes(71);
  await connection.run(statement(`select '${'x'.repeat(40_000)}'`));
  expect(destroyed).toHaveBeenCalledTimes(8);
  destroyed.mockRestore();
});

it('refuses what is no reading statement before the engine sees it', async () => {
  await expect(connection.run(statement('detach "flights"'))).rejects.toThrow('is refused');
  expect(prepare).not.toHaveBeenCalled();
});
