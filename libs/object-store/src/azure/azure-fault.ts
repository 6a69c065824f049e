import { notSatisfiable } from '../remote/byte-range.js';
import { alreadyPublished, notFound, StoreFaultFacts, storeFault } from '../remote/store-fault.js';

interface AzureError {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly details?: { readonly errorCode?: unknown };
  readonly response?: { readonly headers?: { get(name: string): string | undefined } };
}

/** Turns what the client of Azure throws into a fault of ours. */
export function azureFault(error: unknown): Error {
  const facts = azureFacts(error);
  if (isMissingBlob(error)) return notFound();
  if (facts.status === 416) return notSatisfiable();
  if (facts.code === 'BlobAlreadyExists') return alreadyPublished();
  return storeFault(facts);
}

/** A blob that is not there; a missing container is a setting that is wrong. An answer to HEAD has a status and no more. */
export function isMissingBlob(error: unknown): boolean {
  const { code, status } = azureFacts(error);
  return code === 'BlobNotFound' || (status === 404 && code === 'RestError');
}

export function azureFacts(error: unknown): StoreFaultFacts {
  const { name, code, statusCode, details, response } = (error ?? {}) as AzureError;
  const said = [code, details?.errorCode, name].find((text) => typeof text === 'string' && text !== '');
  return {
    code: String(said ?? 'unknown'),
    status: typeof statusCode === 'number' ? statusCode : null,
    requestId: response?.headers?.get('x-ms-request-id') ?? null,
  };
}
