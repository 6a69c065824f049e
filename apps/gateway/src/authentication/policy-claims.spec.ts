import { readPolicyClaims } from './policy-claims.js';

const read = (value: unknown) => readPolicyClaims(['region'], () => value);

describe('readPolicyClaims', () => {
  it.each([
    ['West', 'West'],
    ['', ''],
    [7.5, '7.5'],
    [false, 'false'],
    [
      ['West', 1, true],
      ['West', '1', 'true'],
    ],
    [[], []],
  ])('keeps %j as %j', (value, kept) => {
    expect(read(value)).toEqual({ region: kept });
  });

  it.each([undefined, null])('leaves %j out', (value) => {
    expect(read(value)).toEqual({});
  });

  it.each([
    [{ a: 1 }, 'is no text'],
    [[['West']], 'is no text'],
    [[null], 'is no text'],
    [Number.POSITIVE_INFINITY, 'is no text'],
    ['a'.repeat(201), 'more than 200 characters'],
    [Array.from({ length: 101 }, () => 'West'), 'more than 100 values'],
    ['\ud800', 'no proper text'],
    ['a\0b', 'no proper text'],
  ])('refuses %j, naming the claim', (value, reason) => {
    expect(() => read(value)).toThrow(expect.objectContaining({ code: 'claim-required' }));
    expect(() => read(value)).toThrow(`The claim "region" `);
    expect(() => read(value)).toThrow(reason);
  });

  it('takes 100 values of 200 characters', () => {
    const values = Array.from({ length: 100 }, () => 'a'.repeat(200));
    expect(read(values)).toEqual({ region: values });
  });
});
