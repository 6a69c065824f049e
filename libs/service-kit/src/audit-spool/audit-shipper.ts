import { appendFileSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditRecord } from '@sluice/contracts';
import { AuditSpool } from './audit-spool.js';
import { Segment } from './segment-names.js';
import { readBatch } from './segment-reader.js';

/** Resolves once the records are safe elsewhere; may be given the same ones again. */
export type PublishAudit = (records: readonly AuditRecord[]) => Promise<void>;

export interface AuditShipperOptions {
  /** Records in one publication at most; 500 by default. */
  readonly batchRecords?: number;
  /** First and longest wait after a failed publication, in ms. */
  readonly firstRetryMs?: number;
  readonly longestRetryMs?: number;
  /** Told what kept records from being shipped; for the log. */
  readonly onFault?: (error: unknown) => void;
}

export interface AuditShipper {
  /** Ships what is left, at most `graceMs`; what remains is for the next start. Close the spool after it. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Records that come within this time share a publication, in ms. With 20, and none behind a batch, a busy service published some ten
 * records at a time, and PostgreSQL took a fifth of the machine for them.
 */
const LINGER_MS = 200;
const BATCH_RECORDS = 500;

/** Empties a spool for as long as it runs, with what an earlier process left behind first. */
export function startAuditShipper(
  spool: AuditSpool,
  publish: PublishAudit,
  options: AuditShipperOptions = {},
): AuditShipper {
  return new Shipper(spool, publish, options);
}

class Shipper implements AuditShipper {
  private readonly running: Promise<void>;
  private readonly stopped = new AbortController();
  private stopping = false;
  /** Something was written since the last look. */
  private dirty = false;
  private noticeWork: () => void = () => undefined;
  private interrupt: () => void = () => undefined;
  private position: { segment: string; offset: number };

  constructor(
    private readonly spool: AuditSpool,
    private readonly publish: PublishAudit,
    private readonly options: AuditShipperOptions,
  ) {
    this.position = readPosition(spool.folder);
    spool.onWritten = () => {
      this.dirty = true;
      this.noticeWork();
    };
    this.running = this.run();
  }

  async stop(graceMs: number): Promise<void> {
    this.stopping = true;
    this.interrupt();
    const timer = setTimeout(() => {
      this.stopped.abort();
      this.interrupt();
    }, graceMs);
    await this.running;
    clearTimeout(timer);
  }

  private async run(): Promise<void> {
    const { firstRetryMs = 200, longestRetryMs = 10_000 } = this.options;
    let retryMs = firstRetryMs;
    while (!this.stopped.signal.aborted) {
      try {
        this.dirty = false;
        const shipped = await this.shipNext();
        retryMs = firstRetryMs;
        if (shipped === 'full' || (this.stopping && shipped === 'some')) continue;
        if (this.stopping) return;
        if (shipped === 'none') await this.untilWritten();
        await this.pause(LINGER_MS);
      } catch (error) {
        this.options.onFault?.(error);
        await this.pause(retryMs);
        retryMs = Math.min(retryMs * 2, longestRetryMs);
      }
    }
  }

  private untilWritten(): Promise<void> {
    if (this.dirty || this.stopping) return Promise.resolve();
    return new Promise((resolve) => {
      this.noticeWork = resolve;
      this.interrupt = resolve;
    });
  }

  /** Ends early when told to stop, so that the last attempt comes at once. */
  private pause(ms: number): Promise<void> {
    if (this.stopped.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.interrupt = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Ships one batch; behind a full one there may be more already. */
  private async shipNext(): Promise<'full' | 'some' | 'none'> {
    for (const segment of this.spool.segments()) {
      const offset = segment.name === this.position.segment ? this.position.offset : 0;
      if (offset < segment.size) return this.shipBatch(segment, offset);
      this.spool.remove(segment);
    }
    return 'none';
  }

  private async shipBatch(segment: Segment, offset: number): Promise<'full' | 'some'> {
    const mostRecords = this.options.batchRecords ?? BATCH_RECORDS;
    const batch = await readBatch(segment, offset, mostRecords);
    if (batch.unreadable.length > 0) this.setAside(batch.unreadable);
    if (batch.records.length > 0) await this.unlessStopped(this.publish(batch.records));
    this.position = { segment: segment.name, offset: batch.nextOffset };
    await writePosition(this.spool.folder, this.position);
    const isLast = segment.name === this.spool.segments().at(-1)?.name;
    return isLast && batch.nextOffset >= segment.size ? 'some' : 'full';
  }

  /** Keeps what cannot be read where a person finds it, instead of stopping at it for ever. */
  private setAside(lines: readonly string[]): void {
    const file = join(this.spool.folder, 'unreadable');
    appendFileSync(file, `${lines.join('\n')}\n`, { encoding: 'latin1', mode: 0o600 });
    this.options.onFault?.(
      new Error(`${String(lines.length)} lines of the audit spool are damaged; see ${file}.`),
    );
  }

  private unlessStopped(publication: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        reject(new Error('Stopped while a publication was under way; it will be made again.'));
      };
      const { signal } = this.stopped;
      signal.addEventListener('abort', leave, { once: true });
      void publication.then(resolve, reject).finally(() => {
        signal.removeEventListener('abort', leave);
      });
    });
  }
}

/** Lost or stale, it only makes records be published again, and they are counted once. */
function readPosition(folder: string): { segment: string; offset: number } {
  try {
    const [segment = '', offset] = readFileSync(join(folder, 'shipped'), 'utf8').split(' ');
    return { segment, offset: Number(offset) || 0 };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { segment: '', offset: 0 };
    throw error;
  }
}

/** Five times a second in a busy service: answers must not wait for the disk meanwhile. */
async function writePosition(folder: string, at: { segment: string; offset: number }): Promise<void> {
  const file = join(folder, 'shipped');
  await writeFile(`${file}.new`, `${at.segment} ${String(at.offset)}`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
