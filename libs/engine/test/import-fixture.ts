import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { importTable } from '../src/import/import-table.js';
import { ImportRequest, ImportSource, ImportedTable } from '../src/import/import-request.js';
import { readStoredTables } from '../src/tables/stored-table.js';
import { temporaryFolder } from './make-table.js';

/** A state folder of its own for each test, and imports into its table `sales`, by tenant and id. */
export class ImportFixture {
  home = '';

  constructor() {
    const folder = temporaryFolder();
    beforeEach(async () => {
      this.home = join(folder.path, expect.getState().currentTestName?.replaceAll(/\W+/g, '-') ?? '');
      await mkdir(this.home, { recursive: true });
    });
  }

  request(source: ImportSource, more: Partial<ImportRequest> = {}): ImportRequest {
    return {
      source,
      dataDir: join(this.home, 'data'),
      catalogDir: join(this.home, 'catalog'),
      name: 'sales',
      tenant: 'tenant',
      key: ['id'],
      memoryLimit: '256MB',
      ...more,
    };
  }

  fromSql(sql: string, more: Partial<ImportRequest> = {}): Promise<ImportedTable> {
    return importTable(this.request({ sql, dependsOn: [] }, more));
  }

  async fromFile(name: string, content: string | Buffer): Promise<ImportedTable> {
    const file = join(this.home, name);
    await writeFile(file, content);
    return importTable(this.request({ file }));
  }

  /** The rows that are current, in the order of the file. */
  async current(name = 'sales'): Promise<unknown[]> {
    const table = (await readStoredTables(join(this.home, 'data'))).find((found) => found.name === name);
    if (!table) return [];
    const instance = await DuckDBInstance.create(table.file, { access_mode: 'READ_ONLY' });
    const connection = await instance.connect();
    const rows = (await connection.runAndReadAll('select * from main.rows')).getRowsJson();
    connection.closeSync();
    instance.closeSync();
    return rows;
  }
}
