import fc from 'fast-check';
import { addMonths, civilOf, daysOf, firstMondayOf, mondayOf, readDate, writeDate } from './calendar.js';

const DAY = 86_400_000;
const iso = (days: number): string => new Date(days * DAY).toISOString().slice(0, 10);
/** The years 0000 to 9999. */
const days = fc.integer({ min: -719_528, max: 2_932_896 });

describe('the calendar', () => {
  it('counts days as the built-in one does', () => {
    fc.assert(
      fc.property(days, (day) => {
        expect(writeDate(day)).toBe(iso(day));
        expect(readDate(iso(day))).toBe(day);
        expect(daysOf(civilOf(day))).toBe(day);
      }),
    );
  });

  it.each([
    '2023-02-29',
    '1900-02-29',
    '2024-04-31',
    '2024-00-01',
    '2024-13-01',
    '2024-01-00',
    '2024-1-01',
    '24-01-01',
  ])('knows no %s', (text) => {
    expect(readDate(text)).toBeUndefined();
  });

  it('adds months, the day cut to the last of the month', () => {
    const added = (date: string, months: number): string =>
      writeDate(addMonths(readDate(date) ?? Number.NaN, months));
    expect(added('2024-01-31', 1)).toBe('2024-02-29');
    expect(added('2023-01-31', 1)).toBe('2023-02-28');
    expect(added('2024-03-31', -1)).toBe('2024-02-29');
    expect(added('2024-01-15', -1)).toBe('2023-12-15');
    expect(added('2024-12-15', 1)).toBe('2025-01-15');
    expect(added('2024-05-30', -12_000)).toBe('1024-05-30');
  });

  it('finds the Monday of a week', () => {
    fc.assert(
      fc.property(days, (day) => {
        const monday = mondayOf(day);
        expect(new Date(monday * DAY).getUTCDay()).toBe(1);
        expect(day - monday).toBeGreaterThanOrEqual(0);
        expect(day - monday).toBeLessThan(7);
      }),
    );
  });

  it('begins the weeks of a year as ISO 8601 does', () => {
    expect([2020, 2021, 2024, 2026].map((year) => writeDate(firstMondayOf(year)))).toEqual([
      '2019-12-30',
      '2021-01-04',
      '2024-01-01',
      '2025-12-29',
    ]);
  });
});
