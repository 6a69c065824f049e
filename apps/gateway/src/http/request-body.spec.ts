import { SluiceError } from '@sluice/contracts';
import { type EdgeRequest } from './edge-request.js';
import { bodyOf, queryOf } from './request-body.js';

function requestWith(changes: { url?: string; body?: string; type?: string | null }): EdgeRequest {
  const { url = '/api/v1/query', body, type = 'application/json' } = changes;
  return {
    url,
    body: body === undefined ? undefined : Buffer.from(body),
    headers: type === null ? {} : { 'content-type': type },
  } as unknown as EdgeRequest;
}

function codeOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof SluiceError) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('bodyOf', () => {
  it.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
  ])('reads a body of type %s', (type) => {
    expect(bodyOf(requestWith({ body: '{"a":1}', type }))).toEqual({ a: 1 });
  });

  it.each([
    null,
    '',
    'text/plain',
    'application/jsonx',
    'application/json\ta',
    'application/json, text/plain',
    'application/json; charset=latin1',
    'application/x-www-form-urlencoded',
  ])('refuses a body of type %j', (type) => {
    expect(codeOf(() => bodyOf(requestWith({ body: '{}', type })))).toBe('unsupported-media-type');
  });

  it('refuses a missing body', () => {
    expect(codeOf(() => bodyOf(requestWith({ type: null })))).toBe('invalid-request');
    expect(codeOf(() => bodyOf(requestWith({ body: '' })))).toBe('invalid-request');
  });
});

describe('queryOf', () => {
  const q = encodeURIComponent('{"a":"x y+é"}');

  it('reads the body, or q', () => {
    expect(queryOf(requestWith({ body: '{"a":1}' }))).toEqual({ a: 1 });
    expect(queryOf(requestWith({ url: `/api/v1/query?q=${q}`, type: null }))).toEqual({ a: 'x y+é' });
  });

  it.each([`?q=${q}&q=${q}`, `?q=${q}&x=1`, '?x=1'])('refuses %s', (search) => {
    expect(codeOf(() => queryOf(requestWith({ url: `/api/v1/query${search}`, body: '{}' })))).toBe(
      'invalid-request',
    );
  });

  it('refuses both at once', () => {
    expect(codeOf(() => queryOf(requestWith({ url: `/?q=${q}`, body: '{}' })))).toBe('invalid-request');
  });

  it('reads q as strictly as a body', () => {
    expect(codeOf(() => queryOf(requestWith({ url: '/?q={"a":1,"a":2}' })))).toBe('invalid-json');
  });
});
