import fc from 'fast-check';
import { civilDay, dayText } from './calendar.js';
import { timeTexts } from './time-text.js';

const micros = (iso: string): bigint => BigInt(Date.parse(iso)) * 1_000n;

describe('times as text', () => {
  it.each([
    ['UTC', '2024-02-29T12:00:00Z', '2024-02-29T12:00:00Z'],
    ['Europe/Berlin', '2024-03-31T00:59:59Z', '2024-03-31T01:59:59+01:00'],
    ['Europe/Berlin', '2024-03-31T01:00:00Z', '2024-03-31T03:00:00+02:00'],
    ['Europe/Berlin', '2024-10-27T00:30:00Z', '2024-10-27T02:30:00+02:00'],
    ['Europe/Berlin', '2024-10-27T01:30:00Z', '2024-10-27T02:30:00+01:00'],
    ['Asia/Kathmandu', '2024-06-01T20:00:00.25Z', '2024-06-02T01:45:00.250000+05:45'],
    // 4:56:02 behind, which is 4:57 or 4:56 where seconds are not shown.
    ['America/New_York', '1883-11-01T12:00:01Z', '1883-11-01T07:03:01-04:57'],
    ['America/New_York', '1883-11-01T12:00:02Z', '1883-11-01T07:04:02-04:56'],
    ['UTC', '-000043-03-15T00:00:00Z', '-43-03-15T00:00:00Z'],
  ])('in %s, %s is %s', (zone, instant, text) => {
    expect(timeTexts(zone)(micros(instant))).toBe(text);
  });

  it('name the same instant in every zone', () => {
    const zones = ['UTC', 'America/St_Johns', 'Pacific/Apia', 'Africa/Monrovia', 'Europe/Amsterdam'];
    const between = { min: -60_000_000_000, max: 250_000_000_000 };
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer(between), (zone, seconds) => {
        const text = timeTexts(zone)(BigInt(seconds) * 1_000_000n);
        expect(Date.parse(text)).toBe(seconds * 1_000);
      }),
    );
  });
});

describe('days as text', () => {
  it('are those of the calendar', () => {
    fc.assert(
      fc.property(fc.integer({ min: -99_999_999, max: 99_999_999 }), (days) => {
        const date = new Date(days * 86_400_000);
        const expected = {
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
        };
        expect(civilDay(days)).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    [0, '1970-01-01'],
    [2_932_897, '10000-01-01'],
    [-735_160, '0044-03-15 (BC)'],
    [Infinity, 'infinity'],
    [-Infinity, '-infinity'],
  ])('%p days after 1970 it is %s', (days, text) => {
    expect(dayText(days)).toBe(text);
  });
});
