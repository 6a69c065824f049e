import { SluiceError } from '@sluice/contracts';
import { engineMessage } from './engine-message.js';

export type StopCode = 'query-timeout' | 'query-canceled';

/** Why a statement was stopped, for the caller. */
export function stopFault(code: StopCode): SluiceError {
  return new SluiceError(
    code,
    code === 'query-timeout' ? 'The query ran longer than its time limit.' : 'The query was canceled.',
  );
}

/**
 * Turns anything the engine throws into a code of the register. Its own text stays behind in `cause`, for the log: it may quote values
 * of rows that the caller must not see.
 */
export function engineFault(error: unknown): SluiceError {
  if (error instanceof SluiceError) return error;
  const message = engineMessage(error);
  if (message.startsWith('INTERRUPT Error')) return stopFault('query-canceled');
  if (message.startsWith('Out of Memory Error')) {
    return new SluiceError(
      'query-too-large',
      'The query needs more memory than is allowed; narrow its filter or group by fewer values.',
      {},
      { cause: error },
    );
  }
  return SluiceError.from(error);
}
