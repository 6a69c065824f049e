/**
 * The one register of error codes: what a caller may see, and the HTTP status that the gateway answers with.
 * Nothing else invents a code. A code is part of the API: never renamed, never reused.
 */
export const ERROR_CODES = {
  // request shape
  'invalid-json': { status: 400, title: 'The body is not valid JSON' },
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'unknown-key': { status: 400, title: 'The body holds a key that is not known' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  'request-timeout': { status: 408, title: 'The request did not arrive in time' },
  'not-acceptable': { status: 406, title: 'No form of the answer is acceptable' },
  'unsupported-media-type': { status: 415, title: 'The content type is not supported' },
  'route-not-found': { status: 404, title: 'There is no such route' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here' },
  // query language
  'invalid-expression': { status: 400, title: 'An expression could not be read' },
  'unknown-dataset': { status: 404, title: 'There is no such dataset' },
  'unknown-column': { status: 400, title: 'There is no such column' },
  'unknown-function': { status: 400, title: 'There is no such function' },
  'type-mismatch': { status: 400, title: 'A value does not fit the type' },
  'invalid-grouping': { status: 400, title: 'Aggregates and columns are mixed wrongly' },
  'page-required': { status: 400, title: 'A page limit is required' },
  'limit-exceeded': { status: 400, title: 'A limit is exceeded' },
  'invalid-cursor': { status: 400, title: 'The cursor is not valid for this query' },
  'query-too-broad': { status: 422, title: 'The query needs a condition on a key column' },
  'query-too-large': { status: 422, title: 'The query needs more memory than is allowed' },
  'query-timeout': { status: 504, title: 'The query ran longer than its time limit' },
  'query-canceled': { status: 499, title: 'The query was canceled' },
  // identity and policy
  unauthenticated: { status: 401, title: 'A valid bearer token is required' },
  'role-required': { status: 403, title: 'The role does not allow this' },
  'tenant-required': { status: 403, title: 'The token names no tenant' },
  'tenant-forbidden': { status: 403, title: 'The tenant is not yours' },
  'claim-required': {
    status: 403,
    title: 'The token lacks a claim that a row filter needs, or it cannot be used',
  },
  'column-masked': { status: 403, title: 'A masked column may only be selected as it is' },
  // exports
  'unsupported-format': { status: 400, title: 'The export format is not supported' },
  'export-not-found': { status: 404, title: 'There is no such export' },
  'export-not-ready': { status: 409, title: 'The export is not ready' },
  'idempotency-mismatch': { status: 422, title: 'The idempotency key was used with another payload' },
  'link-invalid': { status: 403, title: 'The link is not valid' },
  'link-expired': { status: 410, title: 'The link or its file has expired' },
  'range-not-satisfiable': { status: 416, title: 'The range cannot be satisfied' },
  'export-failed': { status: 500, title: 'The export failed' },
  'file-too-large': { status: 422, title: 'The file is larger than the format allows' },
  'export-set-aside': { status: 500, title: 'The export ended its workers' },
  'export-line-full': { status: 429, title: 'Too many exports of the tenant wait' },
  'policy-changed': { status: 403, title: 'The file was made under rules that no longer hold' },
  'client-revoked': { status: 403, title: 'The client of this export was revoked' },
  'export-incomplete': { status: 500, title: 'The file could not be proven whole' },
  // operation
  'rate-limited': { status: 429, title: 'Too many requests' },
  overloaded: { status: 503, title: 'The service is overloaded' },
  unavailable: { status: 503, title: 'The service is not available' },
  'audit-unavailable': { status: 503, title: 'The request cannot be recorded, so it is not answered' },
  'rpc-timeout': { status: 504, title: 'A service did not answer in time' },
  'message-refused': { status: 500, title: 'A service could not read what another one sent' },
  'message-forged': { status: 500, title: 'A message between services does not carry a valid seal' },
  internal: { status: 500, title: 'Something went wrong inside' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
}
