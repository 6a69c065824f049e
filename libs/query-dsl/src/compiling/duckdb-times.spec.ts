import { instantOf, isoTime, localTime, readInstant, truncateElapsed } from './duckdb-times.js';

const clockOf = (instant: string): string => `try(timezone($1, timezone('UTC', ${instant})))`;

/** The first of the instants at which the clock of `$1` shows a time. */
function firstInstant(time: string, shown: string): string {
  const offsetBefore = `try(${clockOf('try("·".x1 - to_days(1))')} - try("·".x1 - to_days(1)))`;
  const first = 'try("·".x0 - "·".x2)';
  const steps =
    `list_transform([struct_pack(x0 := ${shown}, x1 := timezone('UTC', try(timezone($1, ${shown}))))], lambda "·": ` +
    `list_transform([struct_pack(x0 := "·".x0, x1 := "·".x1, x2 := ${offsetBefore})], lambda "·": ` +
    `case when "·".x2 > try("·".x0 - "·".x1) and ${clockOf(first)} = "·".x0 then ${first} else "·".x1 end)[1])[1]`;
  return time === shown ? steps : `list_transform([${time}], lambda "·": ${steps})[1]`;
}

describe('times in DuckDB', () => {
  it('have a place on the clock of a zone, and back', () => {
    expect(localTime('v', '$1')).toBe(clockOf('v'));
    expect(instantOf('v', '$1')).toBe(firstInstant('v', 'v'));
    expect(instantOf('f(v)', '$1')).toBe(firstInstant('f(v)', '"·"'));
  });

  it('are truncated by what has gone by since', () => {
    const beyond = (time: string) => `try(${clockOf(time)} - try(date_trunc($2, ${clockOf(time)})))`;
    const truncated = (time: string) =>
      `case when isfinite(${time}) then try(${time} - ${beyond(time)}) else ${time} end`;
    expect(truncateElapsed('$2', 'v', '$1')).toBe(truncated('v'));
    expect(truncateElapsed('$2', 'f(v)', '$1')).toBe(
      `list_transform([f(v)], lambda "·": ${truncated('"·"')})[1]`,
    );
  });

  it('are written once computed', () => {
    for (const zone of [null, '$1'])
      expect(isoTime('f(v)', zone)).toBe(
        `list_transform([f(v)], lambda "·": ${isoTime('v', zone).replace(/\bv\b/g, '"·"')})[1]`,
      );
  });

  it('are read in each of the forms that may be written', () => {
    const form = String.raw`^(\d{4}-\d{2}-\d{2})(?:[Tt ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d(?:\.\d{1,6})?))?([Zz]|[+-](?:0\d|1[0-5]):[0-5]\d)?)?$`;
    const [hour, minute, second] = ['hour', 'minute', 'second'].map(
      (name) => `coalesce(nullif("·".${name}, ''), '00')`,
    );
    const clock = `try_cast("·".day || ' ' || ${hour} || ':' || ${minute} || ':' || ${second} as timestamp)`;
    const offset =
      'to_minutes(try_cast(substring("·".zone, 2, 2) as bigint) * 60 + try_cast(substring("·".zone, 5, 2) as bigint))';
    expect(readInstant('v', '$1')).toBe(
      `list_transform([regexp_extract(v, '${form}', ['day', 'hour', 'minute', 'second', 'zone'])], lambda "·": ` +
        `case when "·".zone = '' then ${firstInstant(clock, '"·"')} when lower("·".zone) = 'z' then ${clock} ` +
        `when "·".zone[1] = '-' then try(${clock} + ${offset}) else try(${clock} - ${offset}) end)[1]`,
    );
  });
});
