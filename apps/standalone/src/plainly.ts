import { CatalogError } from '@sluice/catalog';
import { ImportError } from '@sluice/engine';
import { PolicyError } from '@sluice/policy';
import { PlainError } from '@sluice/service-kit';

/** An error that a user can mend, as its message alone; any other as it is. */
export function plainly(error: unknown): unknown {
  const isOurs =
    error instanceof CatalogError || error instanceof PolicyError || error instanceof ImportError;
  return isOurs ? new PlainError(error.message, { cause: error }) : error;
}
