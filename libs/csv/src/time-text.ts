import { civilDay, padded } from './calendar.js';
import { ZoneClock } from './zone-clock.js';

const MICROS = 1_000_000n;
const DAY_SECONDS = 86_400;

/**
 * How instants are written: ISO 8601 with the zone's offset at that instant, a fraction of six digits only where there is one. An offset
 * has whole minutes; clocks before 1900 were off by seconds too and are shown by the minute, so that the instant stays what it is.
 *
 * @param zone IANA name; `UTC` is written as `Z`
 */
export function timeTexts(zone: string): (micros: bigint) => string {
  if (zone === 'UTC') return (micros) => `${localText(split(micros), 0)}Z`;
  const clock = new ZoneClock(zone);
  return (micros) => {
    const instant = split(micros);
    const minutes = shownMinutes(instant.seconds, clock.offsetAt(instant.seconds));
    return `${localText(instant, minutes)}${offsetText(minutes)}`;
  };
}

interface Instant {
  /** Since 1970, whole. */
  readonly seconds: number;
  /** 0 to 999,999. */
  readonly micros: number;
}

function split(time: bigint): Instant {
  const micros = ((time % MICROS) + MICROS) % MICROS;
  return { seconds: Number((time - micros) / MICROS), micros: Number(micros) };
}

/** Minutes between what two clocks show when seconds are left out. */
function shownMinutes(seconds: number, offset: number): number {
  return Math.floor((seconds + offset) / 60) - Math.floor(seconds / 60);
}

function localText({ seconds, micros }: Instant, minutes: number): string {
  const local = seconds + minutes * 60;
  const days = Math.floor(local / DAY_SECONDS);
  const clock = local - days * DAY_SECONDS;
  const { year, month, day } = civilDay(days);
  const time = [clock / 3_600, (clock / 60) % 60, clock % 60].map((part) => padded(Math.floor(part), 2));
  const fraction = micros === 0 ? '' : `.${padded(micros, 6)}`;
  // A year before 1 is written with its sign, and without zeros.
  const yearText = year < 0 ? String(year) : padded(year, 4);
  return `${yearText}-${padded(month, 2)}-${padded(day, 2)}T${time.join(':')}${fraction}`;
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${padded(Math.floor(size / 60), 2)}:${padded(size % 60, 2)}`;
}
