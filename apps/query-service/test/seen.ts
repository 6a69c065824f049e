import { SluiceError } from '@sluice/contracts';
import { RunningService, RunOptions } from './running-service.js';

export interface Outcome {
  readonly code: string;
  readonly text: string;
}

/** What a caller sees, but for what differs between any two answers. */
export async function seen(
  service: RunningService,
  body: object,
  options: RunOptions = {},
): Promise<Outcome> {
  try {
    const { rows, columns, page, meta } = await service.rows({ page: { limit: 50 }, ...body }, options);
    const text = JSON.stringify({
      rows,
      columns,
      page: { ...page, next: page.next !== null },
      total: meta.totalRows,
    });
    return { code: 'ok', text };
  } catch (error) {
    const payload = SluiceError.from(error).toPayload();
    return { code: payload.code, text: JSON.stringify(payload) };
  }
}
