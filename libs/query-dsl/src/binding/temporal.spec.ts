import fc from 'fast-check';
import { formatMicros, isDate, parseTime } from './temporal.js';

describe('times', () => {
  it.each([
    ['2024-03-01', '2024-03-01T00:00:00.000000', false],
    ['2024-03-01 12:30', '2024-03-01T12:30:00.000000', false],
    ['2024-03-01T12:30:15.5Z', '2024-03-01T12:30:15.500000', true],
    ['2024-03-01T00:30:00+02:00', '2024-02-29T22:30:00.000000', true],
    ['1969-12-31T23:59:59.999999Z', '1969-12-31T23:59:59.999999', true],
  ])('reads %s', (text, utc, hasZone) => {
    const time = parseTime(text);
    expect(time && formatMicros(time.micros)).toBe(utc);
    expect(time?.hasZone).toBe(hasZone);
  });

  it.each([
    '2023-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-04-31',
    '24-01-01',
    'today',
    '2024-01-01T24:00',
    '2024-01-01T10:60',
  ])('refuses %s', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });

  it('counts days as the built-in calendar does', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (date) => {
          const text = date.toISOString();
          expect(parseTime(text)?.micros).toBe(BigInt(date.getTime()) * 1000n);
          expect(formatMicros(BigInt(date.getTime()) * 1000n)).toBe(`${text.slice(0, -1)}000`);
          expect(isDate(text.slice(0, 10))).toBe(true);
        },
      ),
    );
  });
});
