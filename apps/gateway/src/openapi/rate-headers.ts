import { text, type Schema } from './json-schema.js';

const RATE_HEADERS: Schema = {
  'RateLimit-Policy': {
    schema: text(
      'Quotas (`q`) and their windows in seconds (`w`): `"default";q=6000;w=60, "burst";q=600;w=1`.',
    ),
  },
  RateLimit: {
    schema: text('What is left (`r`), and the seconds until the window ends (`t`): `"default";r=5999;t=60`.'),
  },
};

interface Operation {
  readonly security?: readonly Schema[];
  readonly responses: Readonly<Record<string, Schema>>;
}

/**
 * Adds the headers of draft-ietf-httpapi-ratelimit-headers to every answer that a token leads to. Absent while the
 * limit is off, and where a request was refused before it was counted.
 */
export function withRateHeaders(paths: Readonly<Record<string, Schema>>): Record<string, Schema> {
  return mapValues(paths, (path) => mapValues(path as Record<string, Operation>, counted));
}

function counted(operation: Operation): Operation {
  if (operation.security?.length === 0) return operation;
  const responses = mapValues(operation.responses, (response, status) =>
    status === '401' ? response : { ...response, headers: { ...headersOf(response), ...RATE_HEADERS } },
  );
  return { ...operation, responses };
}

function headersOf({ headers }: Schema): Schema {
  return (headers ?? {}) as Schema;
}

function mapValues<T>(
  object: Readonly<Record<string, T>>,
  map: (value: T, key: string) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));
}
