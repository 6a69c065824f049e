import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { AuditRecord, auditRecordSchema, AuditSink, SluiceError } from '@sluice/contracts';
import { abandonedSegments, Segment } from './segment-names.js';
import { SegmentWriter } from './segment-writer.js';

export interface AuditSpoolOptions {
  /** Of this spool alone; made when missing. */
  readonly folder: string;
  /** What may wait on the disk; a record past it is refused. At least 64 KiB. */
  readonly maxBytes: number;
  /** How far the disk may be behind the operating system, in ms; 1,000 by default. */
  readonly fsyncMs?: number;
  /** Told why a record was refused, or a sync failed; for the log. */
  readonly onFault?: (error: unknown) => void;
}

interface Waiting {
  readonly line: Buffer;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const LARGEST_SEGMENT = 8 * 1024 * 1024;
/** Folders that this process has open: two spools on one would take each other's files for left behind. */
const OPEN_FOLDERS = new Set<string>();
/** A line must fit into one read of the shipper. */
export const LARGEST_RECORD = 512 * 1024;

/**
 * Keeps audit records in append-only files until the trail has them (SPEC A1). Records that come together are
 * written together, so that one costs microseconds under load.
 */
export class AuditSpool implements AuditSink {
  private readonly finished: Segment[];
  private readonly writer: SegmentWriter;
  private readonly queue: Waiting[] = [];
  private finishedBytes: number;
  private queuedBytes = 0;
  private writing: Promise<void> | undefined;
  private closed = false;
  /** Set by the shipper; called after each batch. */
  onWritten: () => void = () => undefined;

  /** @throws Error when the folder cannot be used. */
  constructor(private readonly options: AuditSpoolOptions) {
    const { folder, maxBytes, fsyncMs = 1_000, onFault = () => undefined } = options;
    if (maxBytes < 65_536) throw new RangeError('maxBytes of an audit spool must be at least 65536.');
    if (OPEN_FOLDERS.has(resolve(folder))) throw new Error(`An audit spool is open on ${folder} already.`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    this.finished = [...abandonedSegments(folder)];
    this.finishedBytes = this.finished.reduce((sum, { size }) => sum + size, 0);
    const segmentBytes = Math.min(LARGEST_SEGMENT, maxBytes / 4);
    this.writer = new SegmentWriter({ folder, segmentBytes, fsyncMs, onFault });
    OPEN_FOLDERS.add(resolve(folder));
  }

  get folder(): string {
    return this.options.folder;
  }

  /** Bytes on the disk, with those of segments that are not shipped to their end. */
  get bytes(): number {
    return this.finishedBytes + (this.writer.current?.size ?? 0);
  }

  /** Resolves once the record would survive this process; rejects with `audit-unavailable` otherwise. */
  async record(record: AuditRecord): Promise<void> {
    try {
      await this.enqueue(this.lineOf(record));
    } catch (error) {
      this.options.onFault?.(error);
      const message = 'The request cannot be recorded, so it is not answered.';
      throw new SluiceError('audit-unavailable', message, { retryAfter: 1 }, { cause: error });
    }
  }

  /** All segments that hold something to read, oldest first; the last one may still grow. */
  segments(): readonly Segment[] {
    const current = this.writer.current;
    return current ? [...this.finished, current] : [...this.finished];
  }

  /** Deletes a segment, unless it is the one being written. */
  remove(segment: Segment): void {
    const index = this.finished.findIndex(({ name }) => name === segment.name);
    if (index < 0) return;
    rmSync(segment.path, { force: true });
    this.finishedBytes -= this.finished[index]?.size ?? 0;
    this.finished.splice(index, 1);
  }

  /** Refuses new records, waits for those under way, and syncs to the disk. */
  async close(): Promise<void> {
    this.closed = true;
    await this.writing;
    await this.writer.close().finally(() => OPEN_FOLDERS.delete(resolve(this.folder)));
  }

  private lineOf(record: AuditRecord): Buffer {
    const line = Buffer.from(`${JSON.stringify(auditRecordSchema.parse(record))}\n`);
    if (line.length > LARGEST_RECORD) throw new Error(`An audit record has ${String(line.length)} bytes.`);
    return line;
  }

  private enqueue(line: Buffer): Promise<void> {
    if (this.closed) throw new Error('The audit spool is closed.');
    if (this.bytes + this.queuedBytes + line.length > this.options.maxBytes) {
      throw new Error(`The audit spool is full: ${String(this.options.maxBytes)} bytes wait for the trail.`);
    }
    this.queuedBytes += line.length;
    return new Promise((written, failed) => {
      this.queue.push({ line, resolve: written, reject: failed });
      this.writing ??= this.writeQueue();
    });
  }

  /** Each round takes all that came during the last one. */
  private async writeQueue(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.queue.splice(0);
      const data = Buffer.concat(batch.map(({ line }) => line));
      await this.writeBatch(batch, data);
      this.queuedBytes -= data.length;
    }
    this.writing = undefined;
  }

  private async writeBatch(batch: readonly Waiting[], data: Buffer): Promise<void> {
    const before = this.writer.current;
    try {
      await this.writer.append(data);
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
      return;
    } finally {
      this.keepFinished(before);
    }
    for (const waiting of batch) waiting.resolve();
    this.onWritten();
  }

  /** Notes the segment that the writer has left for a new one. */
  private keepFinished(before: Segment | undefined): void {
    if (!before || before.name === this.writer.current?.name) return;
    this.finished.push(before);
    this.finishedBytes += before.size;
  }
}
