import { Exchange, ExchangeKind, Outcome } from '../load/exchange.js';
import { Expectation, Sight } from './expectations.js';

/** Of whom an expectation speaks. */
type Side = 'queries' | 'exports' | 'files';

const SIDES: Readonly<Record<ExchangeKind, Side>> = {
  query: 'queries',
  unchanged: 'queries',
  submit: 'exports',
  look: 'exports',
  link: 'exports',
  file: 'files',
};

export const isRight = ({ outcome }: Exchange): boolean => outcome.kind === 'right';

/** What was not right: how often each thing was seen. */
export function sightingsOf(exchanges: readonly Exchange[], side: Side): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  for (const exchange of exchanges.filter(({ kind }) => SIDES[kind] === side)) {
    if (isRight(exchange)) continue;
    const sight = nameOf(exchange);
    seen.set(sight, (seen.get(sight) ?? 0) + 1);
  }
  return seen;
}

function nameOf({ outcome }: Exchange): string {
  switch (outcome.kind) {
    case 'refused':
      return `${outcome.status} ${outcome.code}`;
    case 'broken':
      return 'no connection';
    default:
      return outcome.kind;
  }
}

/** What is said against an answer: `never` must not be anywhere, `unexpected` is a polite refusal that this cell does not promise. */
export interface Objection {
  readonly kind: 'never' | 'unexpected';
  readonly what: string;
}

/** Null when there is nothing to be said. Before the fault, nothing but right answers is expected. */
export function objectionTo(exchange: Exchange, expected: Expectation, faultAt: number): Objection | null {
  const { outcome, kind, tenant, from, to } = exchange;
  if (outcome.kind === 'right') return null;
  const times = `${from - faultAt} to ${to - faultAt} ms from the fault`;
  const what = `${kind} of ${tenant}, ${times}: ${JSON.stringify(outcome)}`;
  const allowed: readonly string[] = to < faultAt ? [] : expected[SIDES[kind]];
  switch (outcome.kind) {
    case 'broken':
      return allowed.includes('no connection') ? null : { kind: 'never', what };
    case 'refused':
      if (!isPolite(outcome)) return { kind: 'never', what };
      return allowed.includes(outcome.code) ? null : { kind: 'unexpected', what };
    default:
      return { kind: 'never', what };
  }
}

function isPolite({ status, code, retryAfter }: Extract<Outcome, { kind: 'refused' }>): boolean {
  const passing: readonly Sight[] = ['unavailable', 'rpc-timeout', 'query-timeout', 'overloaded'];
  return (status === 503 || status === 504) && retryAfter !== null && passing.some((one) => one === code);
}
