const DAY_SECONDS = 86_400;
/** Days whose offsets are remembered. */
const MOST_DAYS = 4_096;
/** The calendar, and with it the rules of clocks, repeats after 400 years; `Date` and `Intl` know no time beyond these. */
const ERA_SECONDS = 146_097 * DAY_SECONDS;
const LATEST = 8_000_000_000_000;

/** Seconds that the clock of a zone was ahead of UTC at an instant. Asking `Intl` takes 8 µs, so a day without a change is asked for once. */
export class ZoneClock {
  private readonly format: Intl.DateTimeFormat;
  /** Null for a day on which the offset changed. No clock was ever changed there and back within a day. */
  private readonly offsets = new Map<number, number | null>();

  /** Throws a RangeError for a zone that `Intl` does not know. */
  constructor(zone: string) {
    this.format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  }

  /** @param seconds since 1970, whole */
  offsetAt(seconds: number): number {
    if (Math.abs(seconds) > LATEST) return this.offsetAt(seconds - Math.sign(seconds) * ERA_SECONDS);
    const day = Math.floor(seconds / DAY_SECONDS);
    return this.offsetOf(day) ?? this.asked(seconds);
  }

  private offsetOf(day: number): number | null {
    const known = this.offsets.get(day);
    if (known !== undefined) return known;
    const first = this.asked(day * DAY_SECONDS);
    const offset = first === this.asked((day + 1) * DAY_SECONDS - 1) ? first : null;
    if (this.offsets.size >= MOST_DAYS) this.offsets.clear();
    this.offsets.set(day, offset);
    return offset;
  }

  private asked(seconds: number): number {
    const text = this.format.format(seconds * 1_000);
    const [, sign, hours, minutes, rest] = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text) ?? [];
    const offset = Number(hours ?? 0) * 3_600 + Number(minutes ?? 0) * 60 + Number(rest ?? 0);
    return sign === '-' ? -offset : offset;
  }
}
