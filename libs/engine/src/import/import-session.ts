import { DuckDBValue } from '@duckdb/node-api';
import { StoredTable } from '../tables/stored-table.js';
import { InstanceLimits, OpenInstance, attachTables, openInstance } from '../duckdb/open-instance.js';
import { quoteText } from '../duckdb/quote.js';
import { runInterruptibly } from '../duckdb/run-interruptibly.js';
import { importCanceled } from './import-error.js';

export interface SessionOptions extends InstanceLimits {
  /** Where sorting spills; made when it is needed. */
  readonly spillFolder: string;
  /** Tables that a query source reads. */
  readonly tables: readonly StoredTable[];
  readonly signal: AbortSignal;
}

/**
 * The engine as an import uses it: free to read and write files, since whoever starts an import chooses them, with bounded memory and
 * disk as the rest.
 */
export class ImportSession {
  private settled: Promise<void> = Promise.resolve();

  private constructor(
    private readonly open: OpenInstance,
    private readonly signal: AbortSignal,
  ) {}

  static async open(options: SessionOptions): Promise<ImportSession> {
    const open = await openInstance(options);
    const session = new ImportSession(open, options.signal);
    try {
      await session.rows(`set temp_directory = ${quoteText(options.spillFolder)}`);
      await session.rows('set enable_progress_bar = true');
      await session.rows('set enable_progress_bar_print = false');
      await attachTables(open.connection, options.tables);
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** How far the running statement is, from 0 to 100; null when the engine does not know. */
  get percent(): number | null {
    const { percentage } = this.open.connection.progress;
    return percentage >= 0 ? Math.min(100, percentage) : null;
  }

  /** Runs one statement of ours and reads what it answers. Throws the engine's own error, or an ImportError once the signal fired. */
  async rows(sql: string): Promise<readonly (readonly DuckDBValue[])[]> {
    const { connection } = this.open;
    const run = runInterruptibly(
      connection,
      async () => (await connection.runAndReadAll(sql)).getRows(),
      this.signal,
      { faultOf: (error) => error },
    );
    this.settled = run.settled;
    try {
      return await run.result;
    } catch (fault) {
      if (this.signal.aborted) throw importCanceled();
      throw fault;
    }
  }

  async close(): Promise<void> {
    await this.settled;
    this.open.close();
  }
}
