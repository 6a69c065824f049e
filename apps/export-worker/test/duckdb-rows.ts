import {
  DuckDBConnection,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBResult,
} from '@duckdb/node-api';
import { DuckDBTimestampTZValue, DuckDBValue } from '@duckdb/node-api';
import { CsvRow, CsvValue } from '@sluice/csv';
import { readStoredTables } from '@sluice/engine';
import { Statement } from '@sluice/query-dsl';
import { EngineRows, RowEngine } from '../src/ports.js';

/** A day or instant without end, as the engine counts it. */
const ENDLESS_DAYS = 2 ** 31 - 1;

/** Plays an engine that gives rows only: the tables of a data folder, read value by value, a chunk at a time. */
export class DuckDbRows implements RowEngine {
  /** Rows taken so far by whoever reads. */
  taken = 0;

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
  ) {}

  static async open(dataDir: string): Promise<DuckDbRows> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '256MiB' });
    const connection = await instance.connect();
    for (const { name, file } of await readStoredTables(dataDir)) {
      await connection.run(`attach '${file.replaceAll("'", "''")}' as "${name}" (read_only)`);
    }
    return new DuckDbRows(instance, connection);
  }

  async rows({ sql, parameters }: Statement): Promise<EngineRows> {
    const values = parameters.map(({ value }) => value as DuckDBValue);
    const [counted] = (
      await this.connection.runAndReadAll(`select count(*) from (${sql})`, values)
    ).getRows();
    const result = await this.connection.stream(sql, values);
    return { dataVersion: 'rows', rows: this.rowsOf(result), count: Promise.resolve(Number(counted?.[0])) };
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }

  private async *rowsOf(result: DuckDBResult): AsyncGenerator<CsvRow> {
    for await (const rows of result.yieldRows()) {
      for (const row of rows) {
        this.taken += 1;
        yield row.map(csvValue);
      }
    }
  }
}

function csvValue(value: DuckDBValue): CsvValue {
  if (value instanceof DuckDBDecimalValue) return value.value;
  if (value instanceof DuckDBTimestampTZValue) return value.micros;
  if (!(value instanceof DuckDBDateValue)) return value as CsvValue;
  return Math.abs(value.days) === ENDLESS_DAYS ? value.days * Infinity : value.days;
}
