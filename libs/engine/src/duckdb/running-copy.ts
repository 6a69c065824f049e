import { Statement } from '@sluice/query-dsl';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { CopyEncoding } from '../analytic-engine.js';
import { StoredTable } from '../tables/stored-table.js';
import { bindParameters } from './bind-parameters.js';
import { CopyPipe } from './copy-pipe.js';
import { copyStatement } from './copy-statement.js';
import { engineFault } from './engine-fault.js';
import { CopyFolder, lockForCopy } from './lockdown.js';
import { InstanceLimits, OpenInstance, attachTables, openInstance } from './open-instance.js';
import { proveLockedForCopy } from './prove-locked.js';
import { runInterruptibly } from './run-interruptibly.js';
import { StopSignal } from './stop-signal.js';

export interface CopyInput {
  readonly statement: Statement;
  readonly encoding: CopyEncoding;
  readonly tables: readonly StoredTable[];
  readonly folder: CopyFolder;
  readonly limits: InstanceLimits;
}

export interface RunningCopy {
  readonly stream: Readable;
  /** Rows written; resolves once the stream has ended, rejects with a SluiceError in every other case. */
  readonly rows: Promise<number>;
  /** Resolves when engine and pipe are closed, so that the folder may go. */
  readonly closed: Promise<void>;
}

/** Starts writing a statement's rows into a pipe, in an instance of its own that can reach nothing but its folder. */
export async function startCopy(input: CopyInput, stop: StopSignal): Promise<RunningCopy> {
  const open = await openLockedInstance(input);
  try {
    stop.signal.throwIfAborted();
    const pipe = await CopyPipe.create(`${input.folder.path}/out`);
    const { encoding } = input;
    if (encoding.kind === 'csv' && encoding.csv.bom) pipe.writeBom();
    return watchOver(open, pipe, stop, () => runCopy(open, input, pipe.path));
  } catch (error) {
    open.close();
    throw error;
  }
}

async function openLockedInstance({ limits, tables, folder }: CopyInput): Promise<OpenInstance> {
  const open = await openInstance(limits);
  try {
    await attachTables(open.connection, tables);
    await lockForCopy(open.connection, folder);
    await proveLockedForCopy(open.connection);
    return open;
  } catch (error) {
    open.close();
    throw error;
  }
}

async function runCopy(
  { connection }: OpenInstance,
  { statement, encoding }: CopyInput,
  path: string,
): Promise<number> {
  const sql = copyStatement(statement.sql, encoding, path);
  const prepared = await connection.prepare(sql);
  try {
    bindParameters(prepared, statement.parameters);
    const reader = await prepared.runAndReadAll();
    return Number(reader.getRows()[0]?.[0]);
  } finally {
    prepared.destroySync();
  }
}

/** Ties engine and stream together: whichever fails or is stopped takes the other with it. */
function watchOver(
  open: OpenInstance,
  pipe: CopyPipe,
  stop: StopSignal,
  work: () => Promise<number>,
): RunningCopy {
  const { stream } = pipe;
  const onStop = () => stream.destroy(engineFault(stop.signal.reason));
  stop.signal.addEventListener('abort', onStop, { once: true });
  const ended = finished(stream).catch((error: unknown): never => {
    // The reader walked away, or the stop destroyed it.
    stop.stop();
    throw engineFault(stop.signal.reason ?? error);
  });
  const run = runInterruptibly(open.connection, work, stop.signal);
  void run.settled.then(() => {
    pipe.engineDone();
  });
  const rows = run.result.then(
    async (count) => {
      pipe.finish();
      await ended;
      return count;
    },
    (fault: unknown): never => {
      stream.destroy(engineFault(fault));
      throw engineFault(fault);
    },
  );
  const closed = Promise.allSettled([run.settled, ended]).then(() => {
    stop.signal.removeEventListener('abort', onStop);
    open.close();
  });
  // Both are told twice, by the stream and by `rows`; a caller that listens to one of them must not bring the process down.
  rows.catch(() => undefined);
  ended.catch(() => undefined);
  return { stream, rows, closed };
}
