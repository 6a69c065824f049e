import { AuditRecord } from '@sluice/contracts';
import { AuditTrail } from './ports.js';

/**
 * Takes a batch from a service's spool into the trail. The same batch may come again: a record counts once. The bus has checked the
 * batch, and has set it aside whole when it is none, because a record that cannot be read must not vanish.
 */
export class RecordAuditUseCase {
  constructor(private readonly trail: AuditTrail) {}

  /** Answers how many records were new. */
  async record({ records }: { readonly records: readonly AuditRecord[] }): Promise<number> {
    return records.length === 0 ? 0 : this.trail.append(records.map(storable));
  }
}

/** Callers choose some of the text; Postgres takes neither NUL nor half a surrogate pair, which JSON writes as escapes. */
function storable(record: AuditRecord): AuditRecord {
  const text = JSON.stringify(record);
  if (!/\\u(?:0000|d[89a-f])/.test(text)) return record;
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'string' ? value.replaceAll('\0', '\uFFFD').toWellFormed() : value,
  ) as AuditRecord;
}
