import { SluiceError } from '@sluice/contracts';
import { engineMessage } from './engine-message.js';

/** Of a statement that its caller, or whoever closed the engine, stopped. */
export function canceledFault(): SluiceError {
  return new SluiceError('query-canceled', 'The query was canceled.');
}

/** Of a statement that ran longer than `ms`. */
export function timeLimitFault(ms: number): SluiceError {
  const message = `The query ran longer than its time limit of ${String(ms)} ms.`;
  return new SluiceError('query-timeout', message, { limit: { name: 'queryMs', value: ms } });
}

const ENGINE_TEXT = /^(?<kind>[A-Za-z ]{1,40} Error):/;
/** Kinds whose text speaks of the statement alone; that of any other kind may quote a row. */
const SAYS_NO_VALUES = /^(?:Binder|Parser|Catalog|Connection|Permission) Error$/;

/**
 * Turns anything the engine throws into a code of the register. For the log, `cause` says what kind of fault it was; the engine's own
 * text stands there only where it cannot quote values of rows.
 */
export function engineFault(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  const message = engineMessage(error);
  if (message.startsWith('INTERRUPT Error')) return canceledFault();
  if (message.startsWith('Out of Memory Error')) {
    return new SluiceError(
      'query-too-large',
      'The query needs more memory than is allowed; narrow its filter or group by fewer values.',
      {},
      { cause: new Error('Out of Memory Error') },
    );
  }
  if (isDiskFull(error, message)) {
    const fault = 'The disk on which the engine works is full.';
    return new SluiceError('unavailable', fault, {}, { cause: withoutValues(error, message) });
  }
  return SluiceError.from(withoutValues(error, message));
}

/** Room comes back: other work ends, or somebody makes some. */
function isDiskFull(error: unknown, message: string): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  const told = message.startsWith('IO Error') && /No space left on device|Disk quota exceeded/.test(message);
  return told || code === 'ENOSPC' || code === 'EDQUOT';
}

function withoutValues(error: unknown, message: string): unknown {
  const kind = ENGINE_TEXT.exec(message)?.groups?.['kind'];
  if (kind === undefined || SAYS_NO_VALUES.test(kind)) return error;
  return new Error(`${kind} (its text may quote rows, so it is not kept)`);
}
