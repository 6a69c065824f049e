import { open } from 'node:fs/promises';
import { AuditRecord, auditRecordSchema } from '@sluice/contracts';
import { LARGEST_RECORD } from './audit-spool.js';
import { Segment } from './segment-names.js';

export interface Batch {
  readonly records: readonly AuditRecord[];
  /** Whole lines that are no records: only a damaged disk makes them. */
  readonly unreadable: readonly string[];
  /** Where to read on. */
  readonly nextOffset: number;
}

/** Bytes that are read, and so published, at once at most. */
const READ_BYTES = 2 * LARGEST_RECORD;

/**
 * Reads the next records of a segment, from an offset at the start of a line. A last line without its end was never
 * acknowledged: in a segment that no longer grows it is passed over.
 */
export async function readBatch(segment: Segment, offset: number, maxRecords: number): Promise<Batch> {
  const text = await readText(segment, offset);
  const lines = text.split('\n').slice(0, -1).slice(0, maxRecords);
  if (lines.length === 0) return passOver(segment, offset, text);
  const bytes = lines.join('\n').length + 1;
  const read = lines.map((line) => ({ line, record: parseRecord(line) }));
  return {
    records: read.flatMap(({ record }) => (record ? [record] : [])),
    unreadable: read.filter(({ record }) => !record).map(({ line }) => line),
    nextOffset: offset + bytes,
  };
}

/** No line ends in what was read: the torn end of the segment, or damage that is longer than any record. */
function passOver(segment: Segment, offset: number, text: string): Batch {
  const end = offset + text.length;
  if (text === '' || end >= segment.size) return { records: [], unreadable: [], nextOffset: segment.size };
  return { records: [], unreadable: [text], nextOffset: end };
}

async function readText(segment: Segment, offset: number): Promise<string> {
  const length = Math.min(READ_BYTES, segment.size - offset);
  const handle = await open(segment.path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
    // One byte is one character here, so that damaged text keeps its length; see parseRecord.
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

function parseRecord(line: string): AuditRecord | undefined {
  try {
    const parsed = auditRecordSchema.safeParse(JSON.parse(Buffer.from(line, 'latin1').toString('utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
