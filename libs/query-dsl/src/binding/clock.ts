import { DATE, TIMESTAMP } from '@sluice/catalog';
import { Literal } from './bound.js';
import { daysOf } from './calendar.js';
import { floorDiv, formatMicros } from './temporal.js';

const SECOND = 1_000_000n;

/** What a query knows of the time: one instant for all of it, and for all pages of a walk. */
export interface Clock {
  /** Microseconds since 1970, cut to the second. */
  readonly asOf: bigint;
  readonly now: Literal;
  /** Days since 1970 of the zone's day. */
  readonly today: number;
}

/** The clock of a query that is asked at `micros` (since 1970) in a time zone. */
export function clockAt(micros: bigint, zone: string): Clock {
  const asOf = floorDiv(micros, SECOND) * SECOND;
  return {
    asOf,
    now: { kind: 'literal', type: TIMESTAMP, value: formatMicros(asOf), clock: 'now()' },
    // Only when it is asked for: most queries do not, and a formatter of a zone is dear.
    get today() {
      return localDay(Number(asOf / 1_000n), zone);
    },
  };
}

/** A date that hangs on the clock: `name` is what the request says, so that two days ask the same. */
export const clockDate = (date: string, name: string): Literal => ({
  kind: 'literal',
  type: DATE,
  value: date,
  clock: name,
});

function localDay(milliseconds: number, zone: string): number {
  const format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    timeZone: zone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  });
  const parts = new Map(format.formatToParts(milliseconds).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? Number.NaN;
  return daysOf({ year: part('year'), month: part('month'), day: part('day') });
}
