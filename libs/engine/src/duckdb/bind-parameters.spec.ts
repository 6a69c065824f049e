import { BIGINT, DECIMAL, LIST, VARCHAR, decimalValue, listValue } from '@duckdb/node-api';
import { BOOLEAN, DATE, DOUBLE, INTEGER, TEXT, TIMESTAMP, decimalType } from '@sluice/catalog';
import { toBoundValue } from './bind-parameters.js';

describe('toBoundValue', () => {
  it('binds by the type of the parameter', () => {
    expect(toBoundValue({ type: TEXT, value: '7' })).toEqual({ value: '7', type: VARCHAR });
    expect(toBoundValue({ type: INTEGER, value: 7n })).toEqual({ value: 7n, type: BIGINT });
    expect(toBoundValue({ type: decimalType(12, 2), value: '7.5' })).toEqual({
      value: decimalValue(750n, 12, 2),
      type: DECIMAL(12, 2),
    });
  });

  it('gives an empty list its element type', () => {
    expect(toBoundValue({ type: TEXT, value: [] })).toEqual({ value: listValue([]), type: LIST(VARCHAR) });
  });

  it.each([
    [TEXT, 7],
    [TEXT, 'lone \ud800 surrogate'],
    [INTEGER, 7],
    [INTEGER, '7'],
    [INTEGER, 2n ** 63n],
    [DOUBLE, '7'],
    [DOUBLE, 7n],
    [BOOLEAN, 'true'],
    [DATE, 19_782],
    [TIMESTAMP, 0n],
    [decimalType(12, 2), 7],
  ])('refuses a value of another type: %j %p', (type, value) => {
    expect(() => toBoundValue({ type, value })).toThrow(TypeError);
    expect(() => toBoundValue({ type, value: [value] })).toThrow(TypeError);
  });

  it('keeps the value out of the message', () => {
    expect(() => toBoundValue({ type: DATE, value: 'secret' })).toThrow(
      expect.not.stringContaining('secret'),
    );
  });
});
