import { CatalogError } from '@sluice/catalog';
import { ImportError } from '@sluice/engine';
import { PolicyError } from '@sluice/policy';
import { PlainError } from '@sluice/service-kit';
import { DemoDataError } from './demo/demo-files.js';

const FOR_USERS = [CatalogError, PolicyError, ImportError, DemoDataError];

/** An error that a user can mend, as its message alone; any other as it is. */
export function plainly(error: unknown): unknown {
  const isForUsers = error instanceof Error && FOR_USERS.some((kind) => error instanceof kind);
  return isForUsers ? new PlainError(error.message, { cause: error }) : error;
}
