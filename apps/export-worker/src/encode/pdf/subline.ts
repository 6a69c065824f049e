import { OutputColumn } from '@sluice/contracts';
import { counted } from './end-notes.js';

/** The line below a title, for a number of rows: rows, when they were read, the zone of times, and which columns are masked. */
export function sublineOf(
  columns: readonly OutputColumn[],
  createdAt: Date,
  timezone: string,
): (rows: number) => string {
  const masked = columns.filter((column) => column.masked).map(({ name }) => name);
  const rest = [
    `read ${localTime(createdAt, timezone)} (${timezone})`,
    ...(columns.some(({ type }) => type === 'timestamp') ? [`times in ${timezone}`] : []),
    ...(masked.length > 0 ? [`masked: ${masked.join(', ')}`] : []),
  ];
  return (rows) => [counted(rows, 'row'), ...rest].join('  ·  ');
}

/** `2026-03-01 14:05`. */
function localTime(time: Date, timeZone: string): string {
  const digits = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  } as const;
  return new Intl.DateTimeFormat('sv-SE', { ...digits, hourCycle: 'h23', timeZone }).format(time);
}
