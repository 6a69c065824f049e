import { SluiceError } from '@sluice/contracts';
import { LIMITS } from '../limits.js';
import { readQuery } from './read-query.js';

const leaf = { column: 'a', op: 'eq', value: 1 };
const list = <T>(length: number, item: (index: number) => T): readonly T[] =>
  Array.from({ length }, (_, i) => item(i));
const nested = (depth: number): object => (depth === 1 ? leaf : { not: nested(depth - 1) });
const selected = (expr: string): object => ({ select: [{ expr, as: 'x' }] });

const listed = (depth: number): object => (depth === 1 ? leaf : { or: [listed(depth - 1), leaf] });

/** A body that holds just so much of what a limit bounds. */
const bodies: readonly (readonly [keyof typeof LIMITS, (amount: number) => object, string])[] = [
  ['pageLimit', (limit) => ({ page: { limit } }), '/page/limit'],
  ['offset', (offset) => ({ page: { limit: 1, offset } }), '/page/offset'],
  ['selectItems', (n) => ({ select: list(n, (i) => `c${i}`) }), '/select'],
  ['sortItems', (n) => ({ sort: list(n, (i) => `c${i}`) }), '/sort'],
  ['filterNodes', (n) => ({ filter: { or: list(n - 1, () => leaf) } }), '/filter/or/499'],
  ['filterNodes', (n) => ({ having: { and: list(n - 1, () => leaf) } }), '/having/and/499'],
  ['depth', (n) => ({ filter: nested(n) }), `/filter${'/not'.repeat(32)}`],
  ['depth', (n) => ({ filter: listed(n) }), `/filter${'/or/0'.repeat(32)}`],
  ['depth', (n) => selected(`${'('.repeat(n - 1)}a${')'.repeat(n - 1)}`), '/select/0/expr'],
  ['depth', (n) => selected(`${'-'.repeat(n - 1)}a`), '/select/0/expr'],
  ['inValues', (n) => ({ filter: { column: 'a', op: 'in', value: list(n, (i) => i) } }), '/filter/value'],
  ['textLength', (n) => ({ filter: { ...leaf, value: 'x'.repeat(n) } }), '/filter/value'],
  ['nameLength', (n) => ({ select: [{ expr: 'a', as: 'x'.repeat(n) }] }), '/select/0'],
  ['nameLength', (n) => ({ select: [`a as ${'x'.repeat(n)}`] }), '/select/0'],
  ['nameLength', (n) => ({ select: ['x'.repeat(n)] }), '/select/0'],
  ['expressionLength', (n) => selected(`a${' '.repeat(n - 1)}`), '/select/0/expr'],
  ['expressionOperators', (n) => selected(`a${' + a'.repeat(n)}`), '/select/0/expr'],
  ['expressionOperators', (n) => selected(`(a${' * a'.repeat(n - 1)}) or b`), '/select/0/expr'],
];

const read = (body: object) => readQuery({ page: { limit: 1 }, ...body }, 'page');

describe('the limits of a body', () => {
  it.each(bodies)('%s is reached but not passed', (name, bodyWith, pointer) => {
    const value = LIMITS[name];
    expect(() => read(bodyWith(value))).not.toThrow();
    expect(() => read(bodyWith(value + 1))).toThrow(
      expect.objectContaining({
        code: 'limit-exceeded',
        message: expect.stringContaining(String(value)),
        details: expect.objectContaining({ pointer, limit: { name, value } }),
      }),
    );
  });

  it('count over the whole tree of a filter, not over one list of it', () => {
    const half = { or: list(250, () => leaf) };
    expect(() => read({ filter: { and: [half, half] } })).toThrow(SluiceError);
    expect(() => read({ filter: half, having: half })).not.toThrow();
  });
});
