import { AuditRecord, SluiceError } from '@sluice/contracts';
import { auditRecordSchema } from '@sluice/service-kit';
import { z } from 'zod';
import { AuditTrail } from './ports.js';

const messageSchema = z.object({ records: z.array(auditRecordSchema).max(10_000) });

/** Takes a batch from a service's spool into the trail. The same batch may come again: a record counts once. */
export class RecordAuditUseCase {
  constructor(private readonly trail: AuditTrail) {}

  /**
   * @returns how many records were new.
   * @throws SluiceError `invalid-request` for a message that is no batch of records; the bus delivers it again and
   *   sets it aside in the end, whole, because a record that cannot be read must not vanish.
   */
  async record(message: unknown): Promise<number> {
    const parsed = messageSchema.safeParse(message);
    if (!parsed.success) {
      throw new SluiceError(
        'invalid-request',
        'The message is no batch of audit records.',
        {},
        { cause: parsed.error },
      );
    }
    const records = parsed.data.records.map(storable);
    return records.length === 0 ? 0 : this.trail.append(records);
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
