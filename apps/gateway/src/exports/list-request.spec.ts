import { readListRequest } from './list-request.js';

const LIST = '/api/v1/exports';

describe('readListRequest', () => {
  it.each([
    ['', { state: null, limit: 50, after: null }],
    ['?', { state: null, limit: 50, after: null }],
    ['?state=Running&limit=200&after=abc', { state: 'Running', limit: 200, after: 'abc' }],
    ['?after=a?b', { state: null, limit: 50, after: 'a?b' }],
  ])('reads %j', (search, request) => {
    expect(readListRequest(LIST + search)).toEqual(request);
  });

  it.each([
    ['?limit=0', 'limit-exceeded'],
    ['?limit=201', 'limit-exceeded'],
    ['?limit=1e2', 'limit-exceeded'],
    ['?limit=', 'limit-exceeded'],
    ['?state=running', 'invalid-request'],
    ['?state=', 'invalid-request'],
    ['?limit=1&limit=2', 'invalid-request'],
    ['?page=1', 'unknown-key'],
  ])('refuses %j', (search, code) => {
    expect(() => readListRequest(LIST + search)).toThrow(expect.objectContaining({ code }));
  });
});
