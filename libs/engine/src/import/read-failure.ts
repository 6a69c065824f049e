import { basename } from 'node:path';
import { engineMessage } from '../duckdb/engine-message.js';
import { ImportError } from './import-error.js';
import { SourceFile } from './source-file.js';

/** Says in one sentence why a file could not be read. The engine's own text quotes lines of it, so only numbers and headers are taken. */
export function readFailure(file: SourceFile, cause: unknown): ImportError {
  const message = engineMessage(cause);
  const reason = resourceReason(cause) ?? whereInFile(message);
  return new ImportError(`The file ${basename(file.path)} could not be read as ${file.format}: ${reason}.`, {
    cause,
  });
}

/** True when the types that were chosen by the first rows do not fit a later one. */
export function isSampleMisfit(cause: unknown): boolean {
  return engineMessage(cause).startsWith('Conversion Error: CSV Error');
}

/** What the machine lacks, when it is that; undefined when it is something else. */
export function resourceReason(cause: unknown): string | undefined {
  const message = engineMessage(cause);
  if (message.startsWith('Out of Memory Error')) return 'it needs more memory than the import may use';
  if (/No space left on device|ENOSPC/i.test(message)) return 'the disk is full';
  if (/permission denied|EACCES|EPERM/i.test(message)) return 'permission is denied';
  return undefined;
}

function whereInFile(message: string): string {
  const line = /CSV Error on Line: (\d+)/.exec(message)?.[1];
  const record = /in (?:record\/value|line) (\d+)/.exec(message)?.[1];
  const at = line ? `line ${line}` : record ? `record ${record}` : 'it';
  const columns = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (columns) return `${at} has ${columns[2]} columns instead of ${columns[1]}`;
  if (/not utf-8|Invalid unicode/i.test(message)) return `${at} is not UTF-8`;
  if (/unterminated quote/i.test(message)) return `${at} has a quote that is not closed`;
  const column = /Error when converting column "([^"]+)"/.exec(message)?.[1];
  if (column) return `${at} holds a value in column "${column}" that does not fit its type`;
  return `${at} is malformed`;
}
