import { once } from './duckdb-once.js';

/** `try` stands around each call that may raise, and nothing else: see duckdb-operations.ts. */
const tried = (sql: string): string => `try(${sql})`;

/** What the clock of a zone shows at an instant, as a time without zone. Says both arguments once. */
export const localTime = (instant: string, zone: string): string =>
  tried(`timezone(${zone}, timezone('UTC', ${instant}))`);

/** The engine's own way back. Where the clock shows a time twice it takes the later; one that is left out it moves behind the gap. */
const laterInstant = (local: string, zone: string): string =>
  `timezone('UTC', ${tried(`timezone(${zone}, ${local})`)})`;

/**
 * The instant of a local time, the first where the clock shows it twice: that is where it has been put back within the day before, and at
 * the offset of that day shows just this time. Asking a zone costs most of it, so that nothing is asked twice.
 */
export function instantOf(local: string, zone: string): string {
  return once([local], ([time = '']) =>
    once([time, laterInstant(time, zone)], ([shown = '', later = '']) => {
      const dayBefore = tried(`${later} - to_days(1)`);
      const offsetBefore = tried(`${localTime(dayBefore, zone)} - ${dayBefore}`);
      return once([shown, later, offsetBefore], ([t = '', last = '', before = '']) => {
        const first = tried(`${t} - ${before}`);
        const isPutBack = `${before} > ${tried(`${t} - ${last}`)}`;
        return `case when ${isPutBack} and ${localTime(first, zone)} = ${t} then ${first} else ${last} end`;
      });
    }),
  );
}

/** An instant without what the local clock shows beyond the unit: elapsed time is taken off, so that an hour that comes twice stays two. */
export function truncateElapsed(unit: string, instant: string, zone: string): string {
  return once([instant], ([time = '']) => {
    const local = localTime(time, zone);
    const beyond = tried(`${local} - ${tried(`date_trunc(${unit}, ${local})`)}`);
    return `case when isfinite(${time}) then ${tried(`${time} - ${beyond}`)} else ${time} end`;
  });
}

/**
 * ISO 8601 with the zone's offset at that instant; a fraction only where there is one; NULL for an infinite one. `zone` null stands for UTC.
 *
 * In UTC, casts write what most times are, a year of four digits and no fraction, in 0.4 of the time that `strftime` takes.
 */
export function isoTime(instant: string, zone: string | null): string {
  return once([instant], ([time = '']) => {
    if (zone !== null) return formattedTime(time, zone);
    const plain = `${time} between timestamp '0001-01-01' and timestamp '9999-12-31' and epoch_us(${time}) % 1000000 = 0`;
    const quick = `concat(cast(${time} as date), 'T', cast(${time} as time), 'Z')`;
    return `case when ${plain} then ${quick} else ${formattedTime(time, null)} end`;
  });
}

function formattedTime(time: string, zone: string | null): string {
  const fraction = `case when date_part('microsecond', ${time}) % 1000000 = 0 then '' else strftime(${time}, '.%f') end`;
  const format = `'%Y-%m-%dT%H:%M:%S'`;
  if (zone === null) {
    return `case when isfinite(${time}) then strftime(${time}, ${format}) || ${fraction} || 'Z' end`;
  }
  // An offset has whole minutes. Clocks before 1900 were off by seconds too: they are shown by the minute, so that the instant stays what it is.
  const minutes = tried(`date_diff('minute', ${time}, ${localTime(time, zone)})`);
  const shown = tried(`${time} + to_minutes(${minutes})`);
  return `case when isfinite(${time}) then strftime(${shown}, ${format}) || ${fraction} || ${offset(minutes)} end`;
}

function offset(minutes: string): string {
  const part = (number: string): string => `right('0' || cast(${number} as varchar), 2)`;
  return `case when ${minutes} < 0 then '-' else '+' end || ${part(`abs(${minutes}) // 60`)} || ':' || ${part(
    `abs(${minutes}) % 60`,
  )}`;
}

/** The forms that a written time may have; what stands in brackets are day, hour, minute, second and zone. */
const WRITTEN_TIME = String.raw`^(\d{4}-\d{2}-\d{2})(?:[Tt ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d(?:\.\d{1,6})?))?([Zz]|[+-](?:0\d|1[0-5]):[0-5]\d)?)?$`;

/** A text as an instant, or NULL: local to the zone where it names none. */
export function readInstant(text: string, zone: string): string {
  const parts = `regexp_extract(${text}, '${WRITTEN_TIME}', ['day', 'hour', 'minute', 'second', 'zone'])`;
  return once([parts], ([x = '']) => {
    const part = (name: string): string => `coalesce(nullif(${x}.${name}, ''), '00')`;
    const clock = `try_cast(${x}.day || ' ' || ${part('hour')} || ':' || ${part('minute')} || ':' || ${part('second')} as timestamp)`;
    const number = (from: number): string => `try_cast(substring(${x}.zone, ${from}, 2) as bigint)`;
    const offsetOf = `to_minutes(${number(2)} * 60 + ${number(5)})`;
    return (
      `case when ${x}.zone = '' then ${instantOf(clock, zone)} when lower(${x}.zone) = 'z' then ${clock} ` +
      `when ${x}.zone[1] = '-' then ${tried(`${clock} + ${offsetOf}`)} else ${tried(`${clock} - ${offsetOf}`)} end`
    );
  });
}
