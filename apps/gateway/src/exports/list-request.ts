import { JOB_STATES, LIST_LIMIT, SluiceError, type JobState } from '@sluice/contracts';

/** What is asked of a list, the cursor still sealed. */
export interface ListRequest {
  readonly state: JobState | null;
  readonly limit: number;
  readonly after: string | null;
}

const PARAMETERS = ['state', 'limit', 'after'];

/**
 * Reads the query string of `GET /exports`.
 *
 * @param url path and query as they were sent
 * @throws SluiceError `unknown-key`, `invalid-request`, `limit-exceeded`
 */
export function readListRequest(url: string): ListRequest {
  const given = new URLSearchParams(url.split('?').slice(1).join('?'));
  const names = [...given.keys()];
  if (names.some((name) => !PARAMETERS.includes(name))) {
    throw new SluiceError('unknown-key', `A list takes the parameters ${PARAMETERS.join(', ')} only.`);
  }
  if (new Set(names).size < names.length) {
    throw new SluiceError('invalid-request', 'A parameter may stand only once.');
  }
  return {
    state: readState(given.get('state')),
    limit: readLimit(given.get('limit')),
    after: given.get('after'),
  };
}

function readState(given: string | null): JobState | null {
  if (given === null) return null;
  const state = JOB_STATES.find((known) => known === given);
  if (state !== undefined) return state;
  throw new SluiceError('invalid-request', `The parameter state is one of ${JOB_STATES.join(', ')}.`);
}

function readLimit(given: string | null): number {
  const { most, unlessGiven } = LIST_LIMIT;
  if (given === null) return unlessGiven;
  const limit = /^\d{1,9}$/.test(given) ? Number(given) : 0;
  if (limit >= 1 && limit <= most) return limit;
  throw new SluiceError(
    'limit-exceeded',
    `The parameter limit is a whole number from 1 to ${String(most)}.`,
    {
      limit: { name: 'listLimit', value: most },
    },
  );
}
