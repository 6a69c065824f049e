import { appendFileSync } from 'node:fs';
import { engineMessage } from '../src/duckdb/engine-message.js';
import { openForQueries } from '../src/duckdb/open-for-queries.js';
import { runInterruptibly } from '../src/duckdb/run-interruptibly.js';
import { stopSignal } from '../src/duckdb/stop-signal.js';
import { readStoredTables } from '../src/tables/stored-table.js';
import { RESOURCE_CASES } from './resources.js';

/** How a case ended in the child: what the engine said, and ms of the processor from the stop to the end. */
export interface CaseReport {
  readonly name: string;
  readonly answer: 'ended' | 'stopped' | 'refused';
  readonly error: string;
  readonly msPastStop: number;
  readonly rssMb: number;
}

interface Order {
  readonly dataDir: string;
  readonly names: readonly string[];
  readonly limitMs: number;
  /** One line of JSON for each case that ended. */
  readonly report: string;
}

/** Runs cases one after another on one locked instance, raw, without the gate; in a process that may be lost. */
export async function runCases({ dataDir, names, limitMs, report }: Order): Promise<void> {
  const open = await openForQueries(await readStoredTables(dataDir), { threads: 1, memoryLimit: '256MB' });
  for (const { name, sql } of RESOURCE_CASES.filter((each) => names.includes(each.name))) {
    const connection = await open.instance.connect();
    const stop = stopSignal({ signal: new AbortController().signal, timeoutMs: limitMs });
    let atStop: NodeJS.CpuUsage | undefined;
    stop.signal.addEventListener('abort', () => (atStop = process.cpuUsage()));
    let error = '';
    const work = async (): Promise<void> => {
      try {
        await connection.runAndReadAll(sql);
      } catch (fault) {
        error = engineMessage(fault);
      }
    };
    const run = runInterruptibly(connection, work, stop.signal);
    await run.result.catch(() => undefined);
    await run.settled;
    stop.dispose();
    const line: CaseReport = {
      name,
      answer: error === '' ? 'ended' : error.startsWith('INTERRUPT') ? 'stopped' : 'refused',
      error: error.slice(0, 200),
      msPastStop: atStop === undefined ? 0 : spentSince(atStop),
      rssMb: process.resourceUsage().maxRSS / 1024,
    };
    appendFileSync(report, `${JSON.stringify(line)}\n`);
    connection.closeSync();
  }
  const rows = await open.connection.runAndReadAll('select count(*) from "flights"."main"."rows"');
  if (rows.getRows()[0]?.[0] !== 1_000n) throw new Error('the instance does not answer any more');
  open.close();
}

/** Milliseconds of the processor, on all threads of this process. */
function spentSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
