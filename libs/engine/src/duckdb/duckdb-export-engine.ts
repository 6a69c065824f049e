import { Statement } from '@sluice/query-dsl';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CopyEncoding, CopyOptions, EngineCopy, ExportEngine } from '../analytic-engine.js';
import { dataVersionOf, readStoredTables } from '../tables/stored-table.js';
import { checkCsvOptions } from './copy-statement.js';
import { engineFault } from './engine-fault.js';
import { CopyInput, startCopy } from './running-copy.js';
import { ReleaseSlot, SlotLimits, Slots } from './slots.js';
import { StopSignal, stopSignal } from './stop-signal.js';

export interface DuckDbExportEngineOptions extends SlotLimits {
  /** Folder with one folder a dataset. */
  readonly dataDir: string;
  /** Where copies spill; of this process alone, since what is found in it at the start is wiped. */
  readonly workDir: string;
  /** Memory of one copy, as the engine writes sizes. */
  readonly memoryLimit: string;
  /** Most that one copy may spill to disk, as the engine writes sizes. */
  readonly maxSpill: string;
  /** Told when a finished copy's folder could not be wiped. For the log. */
  readonly onError: (error: unknown) => void;
}

const FOLDER_PREFIX = 'copy-';
const CLOSE_GRACE_MS = 5_000;
/**
 * Threads that keep memory flat when the reader is slow. Rows in order: one thread, since two let the engine buffer 617 MB for three million rows. Rows
 * in any order: two threads hand over what they have made, 50 MB above the process's own for CSV and text, 110 MB for Parquet, whose row groups
 * are built in memory (10 and 40 million rows, 15 s of a reader that takes 64 KiB every 10 ms).
 */
const THREADS = { inOrder: 1, inAnyOrder: 2 } as const;
/**
 * Enough for rows that come one by one, and as fast as with more; row groups of Parquet are built in it too. The engine keeps what it has read of a
 * table's file until its limit is reached: ten million rows took 180 MB more than one million.
 */
const ROW_BY_ROW_MEMORY = '64MiB';
const ROW_GROUP_BY_ROW_MEMORY = '96MiB';

/** Opens the engine and wipes what a killed predecessor left in `workDir`. */
export async function openDuckDbExportEngine(
  options: DuckDbExportEngineOptions,
): Promise<DuckDbExportEngine> {
  // Absolute, because the engine compares paths as they are written.
  const workDir = resolve(options.workDir);
  await mkdir(workDir, { recursive: true, mode: 0o700 });
  const left = (await readdir(workDir)).filter((name) => name.startsWith(FOLDER_PREFIX));
  await Promise.all(left.map((name) => rm(join(workDir, name), { recursive: true, force: true })));
  return new DuckDbExportEngine({ ...options, workDir });
}

/** Runs each export in a DuckDB instance, a folder and a pipe of its own. */
export class DuckDbExportEngine implements ExportEngine {
  private readonly slots: Slots;
  private readonly running = new Set<StopSignal>();

  constructor(private readonly options: DuckDbExportEngineOptions) {
    this.slots = new Slots(options);
  }

  /**
   * Rejects with `invalid-request` (CSV options), `overloaded`, `query-canceled`, `query-timeout` or `internal`. Once it resolved, the stream has to be read to its end or
   * destroyed; `options` bounds all of it, the reading too.
   */
  async copy(statement: Statement, encoding: CopyEncoding, options: CopyOptions): Promise<EngineCopy> {
    if (encoding.kind === 'csv') checkCsvOptions(encoding.csv);
    const releaseSlot = await this.slots.acquire(options.signal);
    const stop = stopSignal(options);
    this.running.add(stop);
    try {
      const { anyOrder = false } = options;
      const limits = {
        threads: anyOrder ? THREADS.inAnyOrder : THREADS.inOrder,
        memoryLimit: this.memoryFor(encoding, options),
        // One thread hands rows over as they come; without this the engine would not bound row groups by their bytes.
        insertionOrder: !anyOrder && encoding.kind !== 'parquet',
      };
      return await this.start({ statement, encoding, limits }, stop, releaseSlot);
    } catch (error) {
      this.letGo(stop, releaseSlot);
      throw engineFault(error);
    }
  }

  /** Stops the copies that still run and waits for them up to five seconds. */
  async close(): Promise<void> {
    const allFree = this.slots.close(CLOSE_GRACE_MS);
    for (const stop of this.running) stop.stop();
    await allFree;
  }

  private memoryFor({ kind }: CopyEncoding, { rowByRow = false }: CopyOptions): string {
    if (!rowByRow) return this.options.memoryLimit;
    return kind === 'parquet' ? ROW_GROUP_BY_ROW_MEMORY : ROW_BY_ROW_MEMORY;
  }

  private async start(
    asked: Pick<CopyInput, 'statement' | 'encoding' | 'limits'>,
    stop: StopSignal,
    releaseSlot: ReleaseSlot,
  ): Promise<EngineCopy> {
    const { dataDir, workDir, maxSpill } = this.options;
    const tables = await readStoredTables(dataDir);
    const path = await mkdtemp(join(workDir, FOLDER_PREFIX));
    const wipe = () => rm(path, { recursive: true, force: true });
    try {
      const copy = await startCopy({ ...asked, tables, folder: { path, maxSpill } }, stop);
      void copy.closed
        .then(wipe)
        .catch(this.options.onError)
        .finally(() => {
          this.letGo(stop, releaseSlot);
        });
      return { dataVersion: dataVersionOf(tables), stream: copy.stream, rows: copy.rows };
    } catch (error) {
      await wipe();
      throw error;
    }
  }

  private letGo(stop: StopSignal, releaseSlot: ReleaseSlot): void {
    this.running.delete(stop);
    stop.dispose();
    releaseSlot();
  }
}
