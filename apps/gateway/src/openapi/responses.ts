import { ERROR_CODES, type ErrorCode } from '@sluice/contracts';
import { ref, text, whole, type Schema } from './json-schema.js';

/** What each governed route may refuse before and after its own reasons. */
const ALWAYS: readonly ErrorCode[] = [
  'unauthenticated',
  'tenant-required',
  'role-required',
  'claim-required',
  'rate-limited',
  'internal',
  'unavailable',
  'overloaded',
  'audit-unavailable',
  'rpc-timeout',
];

/** Reasons of every route that takes a JSON body. */
export const BODY_ERRORS: readonly ErrorCode[] = [
  'invalid-json',
  'invalid-request',
  'unknown-key',
  'limit-exceeded',
  'body-too-large',
  'unsupported-media-type',
];

/** What the query language and the policy refuse. */
export const QUERY_ERRORS: readonly ErrorCode[] = [
  ...BODY_ERRORS,
  'unknown-dataset',
  'invalid-expression',
  'unknown-column',
  'unknown-function',
  'type-mismatch',
  'invalid-grouping',
  'tenant-forbidden',
  'column-masked',
  'query-too-broad',
];

const REQUEST_ID = { 'X-Request-Id': { schema: text() } };
const EXTRA_HEADERS: Readonly<Record<string, Schema>> = {
  401: { 'WWW-Authenticate': { schema: text() } },
  429: { 'Retry-After': { schema: whole('Seconds until the window ends.') } },
  503: { 'Retry-After': { schema: text('Seconds.') } },
  504: {
    'Retry-After': { schema: text('Seconds; not for a query that took all the time that any may take.') },
  },
};

export function jsonResponse(description: string, schema: Schema, headers: Schema = {}): Schema {
  return {
    description,
    headers: { ...REQUEST_ID, ...headers },
    content: { 'application/json': { schema } },
  };
}

/** One response per status, each naming the codes that stand behind it. */
export function problems(codes: readonly ErrorCode[], governed = true): Record<string, Schema> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set([...codes, ...(governed ? ALWAYS : [])])) {
    const { status } = ERROR_CODES[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const sorted = [...byStatus].sort(([one], [other]) => one - other);
  return Object.fromEntries(
    sorted.map(([status, found]) => [
      String(status),
      {
        description: found.map((code) => `\`${code}\`: ${ERROR_CODES[code].title}.`).join('\n\n'),
        headers: { ...REQUEST_ID, ...EXTRA_HEADERS[String(status)] },
        content: { 'application/problem+json': { schema: ref('Problem') } },
      },
    ]),
  );
}
