import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A segment is one file of the spool: `<milliseconds>-<number>-<pid>-<start mark>.jsonl`. Names sort in the order of
 * writing, and tell whose file it is: while its writer lives, nobody else touches it.
 */
export interface Segment {
  readonly name: string;
  readonly path: string;
  /** Bytes that are whole and may be read. */
  readonly size: number;
}

const SEGMENT = /^\d{13}-\d{6}-(\d+)-(\d*)\.jsonl$/;
const OWN_MARK = startMarkOf('self');

export function newSegmentName(sequence: number, now: number): string {
  const time = String(now).padStart(13, '0');
  return `${time}-${String(sequence).padStart(6, '0')}-${String(process.pid)}-${OWN_MARK}.jsonl`;
}

/** Segments that processes which are gone have left behind, oldest first. */
export function abandonedSegments(folder: string): readonly Segment[] {
  return readdirSync(folder)
    .filter((name) => SEGMENT.test(name) && !writerLives(name))
    .sort()
    .map((name) => ({ name, path: join(folder, name), size: statSync(join(folder, name)).size }));
}

function writerLives(name: string): boolean {
  const [, pid = '', mark = ''] = SEGMENT.exec(name) ?? [];
  // Segments of our own number and mark are those of an earlier spool in this process; it was closed.
  if (Number(pid) === process.pid) return false;
  if (mark !== '') return startMarkOf(pid) === mark;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The clock tick a process started at, which tells it from a later one of its number; empty where there is no /proc. */
function startMarkOf(pid: string): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
