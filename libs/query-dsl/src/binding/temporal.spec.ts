import fc from 'fast-check';
import { formatMicros, isDate, parseTime } from './temporal.js';

describe('times', () => {
  it.each([
    ['2024-03-01', '2024-03-01T00:00:00.000000', false],
    ['2024-03-01 12:30', '2024-03-01T12:30:00.000000', false],
    ['2024-03-01T12:30:15.5Z', '2024-03-01T12:30:15.500000', true],
    ['2024-03-01T00:30:00+02:00', '2024-02-29T22:30:00.000000', true],
    ['1969-12-31T23:59:59.999999Z', '1969-12-31T23:59:59.999999', true],
    ['2024-03-01t12:30:15z', '2024-03-01T12:30:15.000000', true],
    ['2024-03-01T23:59:59.000001', '2024-03-01T23:59:59.000001', false],
    ['0000-03-01', '0000-03-01T00:00:00.000000', false],
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
    '2024-01-01T10:00:60',
    '2024-02-30T10:00',
    '2024-01-32',
    '2024-01-00',
    '1900-02-29',
    '2024-06-31',
    '2024-09-31',
    '2024-11-31',
    'x2024-01-01',
    '2024-01-01x',
    '2024-01-01T10:00Zx',
    'x2024-01-01T10:00',
    '2024-1-01',
    '2024-01-1',
    '2024-01-01T1:00',
    '2024-01-01T10:0',
    '2024-01-01T10',
    '2024-01-01T10:00:1',
    '2024-01-01T10:00:00.',
    '2024-01-01T10:00:00.1234567',
    '2024-01-01T10:00+16:00',
    '2024-01-01T10:00+02:60',
    '2024-01-01T10:00+2:00',
    '2024-01-01T10:00+02',
    '2024-01-01Z',
  ])('refuses %s', (text) => {
    expect(parseTime(text)).toBeUndefined();
  });

  it.each(['2000-02-29', '2024-02-29', '2024-01-31', '2024-12-31', '2024-04-30', '0001-01-01', '9999-12-31'])(
    'knows the day %s',
    (day) => {
      expect(isDate(day)).toBe(true);
      expect(parseTime(`${day}T23:59:59.999999+15:59`)?.hasZone).toBe(true);
    },
  );

  it.each([
    '',
    '2024',
    '2024-13-01',
    '2024-00-01',
    '2023-02-29',
    '2024-03-01T10:00',
    ' 2024-03-01',
    '2024-03-011',
  ])('takes "%s" for no day', (text) => {
    expect(isDate(text)).toBe(false);
  });

  it('reads a time with the offset of any zone as the built-in calendar does', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1000-01-01'), max: new Date('9000-12-31'), noInvalidDate: true }),
        fc.constantFrom('+', '-'),
        fc.integer({ min: 0, max: 15 }),
        fc.integer({ min: 0, max: 59 }),
        fc.nat(6),
        (date, sign, hours, minutes, digits) => {
          const two = (value: number): string => String(value).padStart(2, '0');
          const clock = date.toISOString().slice(0, 19);
          const zone = `${sign}${two(hours)}:${two(minutes)}`;
          const fraction = '123456'.slice(0, digits);
          const micros = parseTime(`${clock}${digits > 0 ? `.${fraction}` : ''}${zone}`)?.micros;
          const seconds = BigInt(Date.parse(`${clock}${zone}`)) * 1000n;
          expect(micros).toBe(seconds + BigInt(fraction.padEnd(6, '0')));
        },
      ),
    );
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
