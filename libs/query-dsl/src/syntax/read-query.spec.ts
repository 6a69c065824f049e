import { SluiceError } from '@sluice/contracts';
import { readQuery } from './read-query.js';

const page = { limit: 10 };

function refused(body: unknown, purpose: 'page' | 'export' = 'page', pointer = ''): SluiceError {
  try {
    readQuery(body, purpose, pointer);
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error('the body was accepted');
}

describe('readQuery', () => {
  it('fills in what may be left out', () => {
    expect(readQuery({ page }, 'page')).toEqual({
      dataset: null,
      select: null,
      filter: null,
      having: null,
      sort: [],
      page: { limit: 10, after: null, offset: 0 },
      distinct: false,
      count: 'exact',
      timezone: 'UTC',
      rows: 'object',
      numbers: 'json',
    });
  });

  it('names a selected item by "as", else by its text', () => {
    const select = ['region', 'sum(x) as total', { expr: ' a + b ' }, { expr: 'a', as: 'Größe %' }];
    expect(readQuery({ select, page }, 'page').select?.map(({ name }) => name)).toEqual([
      'region',
      'total',
      'a + b',
      'Größe %',
    ]);
  });

  it('reads a sort item with and without direction', () => {
    const sort = ['a', 'b desc ', 'descent', { column: 'c', direction: 'desc' }, { column: 'd' }];
    const read = readQuery({ sort, page }, 'page').sort;
    expect(read.map(({ direction }) => direction)).toEqual(['asc', 'desc', 'asc', 'desc', 'asc']);
    expect(read[2]?.expression).toMatchObject({ kind: 'column', path: ['descent'] });
  });

  it.each([
    [{}, 'page-required', '/page'],
    [{ page: {} }, 'page-required', '/page/limit'],
    [{ page: { limit: 5_001 } }, 'limit-exceeded', '/page/limit'],
    [{ page: { limit: 0 } }, 'invalid-request', '/page/limit'],
    [{ page: { limit: '10' } }, 'invalid-request', '/page/limit'],
    [{ page: { limit: 1, offset: 100_001 } }, 'limit-exceeded', '/page/offset'],
    [{ page: { limit: 1, offset: 1, after: 'x' } }, 'invalid-request', '/page'],
    [{ page, selects: [] }, 'unknown-key', '/selects'],
    [{ page, 'a/b~': 1 }, 'unknown-key', '/a~1b~0'],
    [{ page, select: [] }, 'invalid-request', '/select'],
    [{ page, select: ['a', 'a'] }, 'invalid-request', '/select/1'],
    [{ page, select: [{ expr: 'a', as: '' }] }, 'invalid-request', '/select/0'],
    [{ page, select: [{ expr: 'a', as: 'a\nb' }] }, 'invalid-request', '/select/0'],
    [{ page, select: [{ expr: 'a', as: '\ud800' }] }, 'invalid-request', '/select/0/as'],
    [{ page, select: Array.from({ length: 201 }, (_, i) => `c${i}`) }, 'limit-exceeded', '/select'],
    [{ page, timezone: 'Mars/Olympus' }, 'invalid-request', '/timezone'],
    [{ page, timezone: '+01:00' }, 'invalid-request', '/timezone'],
    [{ page, distinct: 'yes' }, 'invalid-request', '/distinct'],
    [{ page, rows: 'list' }, 'invalid-request', '/rows'],
    [{ page, dataset: 1 }, 'invalid-request', '/dataset'],
    [{ page, sort: 'a' }, 'invalid-request', '/sort'],
    [[], 'invalid-request', ''],
    [null, 'invalid-request', ''],
  ])('refuses %j', (body, code, pointer) => {
    expect(refused(body)).toMatchObject({ code, details: { pointer } });
  });

  it.each([
    [{ column: 'a', op: 'eq' }, '/filter'],
    [{ column: 'a', op: 'equals', value: 1 }, '/filter/op'],
    [{ column: 'a', op: 'isNull', value: 1 }, '/filter/value'],
    [{ column: 'a', op: 'between', value: [1] }, '/filter/value'],
    [{ column: 'a', op: 'in', value: [] }, '/filter/value'],
    [{ column: 'a', op: 'in', value: [1, null] }, '/filter/value/1'],
    [{ column: 'a', op: 'eq', value: { $ne: 1 } }, '/filter/value'],
    [{ column: 'a', op: 'eq', value: 2 ** 53 }, '/filter/value'],
    [{ and: [] }, '/filter/and'],
    [{ and: [{ column: 'a', op: 'eq', value: 1 }], or: [] }, '/filter'],
    [{ not: { or: [{ column: 'a +', op: 'eq', value: 1 }] } }, '/filter/not/or/0/column'],
    [{ not: { column: 'a', op: 'eq', value: 1 }, value: 1 }, '/filter/value'],
    [{}, '/filter'],
  ])('refuses the filter %j', (filter, pointer) => {
    expect(refused({ page, filter }).details.pointer).toBe(pointer);
  });

  it('bounds the nodes and the depth of a filter', () => {
    const leaf = { column: 'a', op: 'eq', value: 1 };
    let deep: unknown = leaf;
    for (let i = 0; i < 32; i++) deep = { not: deep };
    expect(refused({ page, filter: deep }).details.limit).toEqual({ name: 'depth', value: 32 });
    const wide = { or: Array.from({ length: 500 }, () => leaf) };
    expect(refused({ page, filter: wide }).details.limit).toEqual({ name: 'filterNodes', value: 500 });
  });

  it('takes no page for an export, and prefixes every pointer', () => {
    expect(readQuery({}, 'export', '/queryDefinition').page).toBeNull();
    expect(refused({ page }, 'export', '/queryDefinition').details.pointer).toBe('/queryDefinition/page');
    expect(refused({ rows: 1 }, 'export', '/queryDefinition').details.pointer).toBe('/queryDefinition/rows');
  });
});
