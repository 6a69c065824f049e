import { parseDays, parseDecimal, parseMicros } from './parse-literal.js';

describe('parseDays', () => {
  it.each([
    ['1970-01-01', 0],
    ['1969-12-31', -1],
    ['2024-02-29', 19_782],
    ['0001-01-01', -719_162],
    ['9999-12-31', 2_932_896],
  ])('reads %s', (text, days) => {
    expect(parseDays(text)).toBe(days);
  });

  it.each(['2023-02-29', '2024-13-01', '2024-1-1', '2024-01-01T00:00:00', '', 'today', '+010000-01-01'])(
    'refuses %j',
    (text) => {
      expect(() => parseDays(text)).toThrow(TypeError);
    },
  );
});

describe('parseMicros', () => {
  it.each([
    ['1970-01-01T00:00:00', 0n],
    ['1970-01-01 00:00:00.5', 500_000n],
    ['1969-12-31T23:59:59.999999', -1n],
    ['2024-03-01T12:34:56.000001', 1_709_296_496_000_001n],
  ])('reads %s', (text, micros) => {
    expect(parseMicros(text)).toBe(micros);
  });

  it.each([
    '2024-03-01T12:34:56+01:00',
    '2024-03-01T12:34:56Z',
    '2024-03-01T24:00:00',
    '2024-03-01T12:60:00',
    '2024-03-01T12:34:56.1234567',
    '2024-03-01',
    '2024-02-30T00:00:00',
  ])('refuses %j', (text) => {
    expect(() => parseMicros(text)).toThrow(TypeError);
  });
});

describe('parseDecimal', () => {
  const price = { precision: 5, scale: 2 };

  it.each([
    ['0', 0n],
    ['1', 100n],
    ['-1.5', -150n],
    ['+999.99', 99_999n],
    ['1.500', 150n],
    ['000001.00', 100n],
  ])('reads %s', (text, digits) => {
    expect(parseDecimal(text, price)).toBe(digits);
  });

  it.each(['1000', '0.001', '1e2', '.5', '', 'NaN', '1,5', ' 1'])('refuses %j', (text) => {
    expect(() => parseDecimal(text, price)).toThrow(TypeError);
  });
});
