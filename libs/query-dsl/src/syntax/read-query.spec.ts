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

  it('reads what is given, as it is given', () => {
    const body = {
      dataset: 'orders',
      page: { limit: 5, after: 'abc' },
      distinct: true,
      count: 'none',
      timezone: 'europe/BERLIN',
      rows: 'array',
      numbers: 'string',
    };
    expect(readQuery(body, 'page')).toMatchObject({
      ...body,
      page: { limit: 5, after: 'abc', offset: 0 },
      timezone: 'Europe/Berlin',
    });
    expect(readQuery({ page: { limit: 5, offset: 7 } }, 'page').page).toEqual({
      limit: 5,
      after: null,
      offset: 7,
    });
  });

  it.each([
    ['a desc', 'a', 'desc'],
    ['a\tDESC  ', 'a', 'desc'],
    ['a  Asc', 'a', 'asc'],
    ['descending', 'descending', 'asc'],
    ['xasc', 'xasc', 'asc'],
    ['a_desc', 'a_desc', 'asc'],
  ])('sorts by %j', (item, column, direction) => {
    const [sort] = readQuery({ sort: [item], page }, 'page').sort;
    expect(sort).toMatchObject({
      expression: { kind: 'column', path: [column] },
      direction,
      place: { pointer: '/sort/0' },
    });
  });

  it.each([
    [{ page: [] }, '/page', '"page" must be an object.'],
    [{ page: null }, '/page', '"page" must be an object.'],
    [{ page: 'x' }, '/page', '"page" must be an object.'],
    [{ page: { limit: 1, after: 1 } }, '/page/after', '"after" must be a text.'],
    [{ page: { limit: 1, offset: -1 } }, '/page/offset', '"offset" must be a whole number, 0 or more.'],
    [{ page: { limit: 1.5 } }, '/page/limit', '"limit" must be a whole number, 1 or more.'],
    [{ page: { limit: 1, ofset: 1 } }, '/page/ofset', 'Did you mean "offset"?'],
    [{ page, select: 'a' }, '/select', '"select" must be an array.'],
    [{ page, select: [1] }, '/select/0', 'An item of select must be an object.'],
    [{ page, select: ['a', { exp: 'a' }] }, '/select/1/exp', 'it takes expr, as. Did you mean "expr"?'],
    [{ page, select: [{ as: 'a' }] }, '/select/0/expr', '"expr" must be a text.'],
    [{ page, select: [{ expr: 'a', as: 1 }] }, '/select/0/as', '"as" must be a text.'],
    [{ page, select: ['a', 'b as a'] }, '/select/1', 'The name "a" is given twice'],
    [{ page, select: ['a\ud800'] }, '/select/0', 'not well-formed'],
    [{ page, sort: [1] }, '/sort/0', 'An item of sort must be an object.'],
    [{ page, sort: [{ colum: 'a' }] }, '/sort/0/colum', 'it takes column, direction.'],
    [{ page, sort: [{ column: 1 }] }, '/sort/0/column', '"column" must be a text.'],
    [{ page, sort: [{ column: 'a +' }] }, '/sort/0/column', 'is expected at character 4'],
    [{ page, sort: [{ column: 'a', direction: 'up' }] }, '/sort/0/direction', 'one of asc, desc.'],
    [{ page, distinct: 1 }, '/distinct', '"distinct" must be true or false.'],
    [{ page, count: 'all' }, '/count', '"count" must be one of exact, '],
    [{ page, numbers: 'text' }, '/numbers', '"numbers" must be one of json, string.'],
    [{ page, rows: 'list' }, '/rows', '"rows" must be one of object, array.'],
    [{ page, timezone: 1 }, '/timezone', '"timezone" must be a text.'],
    [{ page, timezone: 'x'.repeat(999) }, '/timezone', `"${'x'.repeat(64)}" is not an IANA`],
    [{ page, ['y'.repeat(999)]: 1 }, `/${'y'.repeat(999)}`, `"${'y'.repeat(64)}"; it takes dataset, select`],
    [{ page, having: [] }, '/having', 'A filter node must be an object.'],
  ])('says of %j where and why', (body, pointer, message) => {
    const error = refused(body);
    expect(error.details.pointer).toBe(pointer);
    expect(error.message).toContain(message);
    expect(error.code).toMatch(/^(invalid-request|invalid-expression|unknown-key)$/);
  });

  it.each([
    ['isNull', undefined, 0],
    ['isNotNull', undefined, 0],
    ['in', [1, 'a', true], 3],
    ['notIn', [1], 1],
    ['between', [1, 2], 2],
    ['notBetween', ['a', 'b'], 2],
    ['eq', Number.MAX_SAFE_INTEGER, 1],
    ['ne', -0.1, 1],
    ['like', 'a%', 1],
  ])('reads the values of %s, each with its place', (op, value, count) => {
    const condition = { column: 'a', op, ...(value === undefined ? {} : { value }) };
    const { filter } = readQuery({ page, filter: { not: condition } }, 'page');
    const places = Array.isArray(value)
      ? value.map((each, index) => ({ value: each, place: { pointer: `/filter/not/value/${index}` } }))
      : [{ value, place: { pointer: '/filter/not/value' } }];
    expect(filter).toMatchObject({
      kind: 'not',
      node: {
        operator: op,
        subject: { kind: 'column', path: ['a'] },
        values: places.slice(0, count),
        place: { pointer: '/filter/not' },
      },
    });
  });

  it.each([
    [{ column: 1, op: 'eq', value: 1 }, '/filter/column', '"column" must be a text.'],
    [{ column: 'a', value: 1 }, '/filter/op', '"op" must be a text.'],
    [{ column: 'a', op: 'startWith', value: 'x' }, '/filter/op', 'Did you mean "startsWith"?'],
    [
      { column: 'a', op: 'z'.repeat(99), value: 1 },
      '/filter/op',
      `no operator "${'z'.repeat(64)}"; there are eq`,
    ],
    [{ column: 'a', op: 'in', value: 1 }, '/filter/value', 'The value of "in" must be an array.'],
    [{ column: 'a', op: 'notIn', value: [] }, '/filter/value', '"notIn" needs at least one value.'],
    [{ column: 'a', op: 'between', value: [1, 2, 3] }, '/filter/value', '"between" takes two values.'],
    [{ column: 'a', op: 'notBetween', value: [] }, '/filter/value', '"notBetween" takes two values.'],
    [{ column: 'a', op: 'eq', value: null }, '/filter/value', 'Use isNull or isNotNull'],
    [{ column: 'a', op: 'eq', value: [1] }, '/filter/value', 'true or false.'],
    [{ column: 'a', op: 'eq', value: Infinity }, '/filter/value', 'true or false.'],
    [{ column: 'a', op: 'eq', value: -(2 ** 53) }, '/filter/value', 'loses digits in JSON readers'],
    [{ column: 'a', op: 'eq', value: 'x\udc00' }, '/filter/value', 'The value is not well-formed Unicode'],
    [{ column: 'a', op: 'isNotNull', value: null }, '/filter/value', '"isNotNull" takes no value.'],
    [{ column: 'a', op: 'eq' }, '/filter', '"eq" needs a value.'],
    [{ and: [], op: 'eq' }, '/filter/op', '"op" goes with "column".'],
    [{ or: {} }, '/filter/or', '"or" must be an array.'],
    [{ and: [] }, '/filter/and', '"and" needs at least one node.'],
    [{ not: [] }, '/filter/not', 'A filter node must be an object.'],
    [{ nott: {} }, '/filter/nott', 'it takes and, or, not, column, op, value. Did you mean "not"?'],
    [{ not: {}, column: 'a' }, '/filter', 'exactly one of and, or, not, column.'],
  ])('says of the filter %j where and why', (filter, pointer, message) => {
    const error = refused({ page, filter });
    expect(error.details.pointer).toBe(pointer);
    expect(error.message).toContain(message);
    expect(error.code).toMatch(/^(invalid-request|unknown-key)$/);
  });

  it('names the largest whole number that JSON carries', () => {
    const filter = { column: 'a', op: 'eq', value: 2 ** 53 };
    expect(refused({ page, filter }).details.limit).toEqual({
      name: 'safeInteger',
      value: Number.MAX_SAFE_INTEGER,
    });
  });

  it('names the limit of a page where it is missing', () => {
    for (const body of [{}, { page: {} }])
      expect(refused(body)).toMatchObject({
        message: expect.stringContaining('with n from 1 to 5000'),
        details: { limit: { name: 'pageLimit', value: 5_000 } },
      });
    expect(refused({ page: { limit: 1, after: '', offset: 0 } })).toMatchObject({
      message: expect.stringContaining('exclude each other'),
      details: { pointer: '/page' },
    });
  });
});
