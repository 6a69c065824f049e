import { SluiceError } from '@sluice/contracts';

/** SQLSTATE classes and codes (PostgreSQL manual, appendix A) of a server that is away, busy or too slow. */
const PASSING = /^(08...|53...|57P0.|57014|55P03|40001|40P01|25P03)$/;
/** What Node and the driver call a connection that cannot be had or breaks. */
const BROKEN = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/;
const DRIVER_MESSAGES =
  /connection terminated|connection timeout|timeout exceeded|query read timeout|not queryable/i;

/**
 * Says `unavailable` for a fault of the database that passes, so that the caller may try again; gives back any other
 * fault as it is. Nothing of the driver's message reaches the caller.
 */
export function databaseFault(error: unknown): unknown {
  if (error instanceof SluiceError || !passes(error)) return error;
  return new SluiceError(
    'unavailable',
    'The job store does not answer; try again shortly.',
    { retryAfter: 2 },
    { cause: error },
  );
}

/** Reads the shape, not the class: an error of the system may come from another realm. */
function passes(error: unknown): boolean {
  const { code, message, errors } = (error ?? {}) as { code?: unknown; message?: unknown; errors?: unknown };
  // A name with several addresses fails with one error for each.
  if (Array.isArray(errors)) return errors.some(passes);
  if (typeof code === 'string' && (PASSING.test(code) || BROKEN.test(code))) return true;
  return typeof message === 'string' && DRIVER_MESSAGES.test(message);
}
