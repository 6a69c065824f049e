import { HttpException, NotFoundException } from '@nestjs/common';
import { ERROR_CODES, SluiceError, type ErrorCode } from '@sluice/contracts';
import { problemHeaders, toProblem, toSluiceError } from './problem.js';

describe('toProblem', () => {
  it.each(Object.keys(ERROR_CODES) as ErrorCode[])('gives %s its status and title', (code) => {
    expect(toProblem(new SluiceError(code, 'Why.'), 'r1', '/api/v1/query')).toEqual({
      type: `urn:sluice:error:${code}`,
      ...ERROR_CODES[code],
      detail: 'Why.',
      instance: '/api/v1/query',
      code,
      requestId: 'r1',
    });
  });

  it('carries where and how to mend it, and nothing else', () => {
    const details = {
      pointer: '/page',
      position: 3,
      suggestion: 'limit',
      limit: { name: 'limit', value: 5000 },
    };
    const error = new SluiceError('limit-exceeded', 'Too much.', {
      ...details,
      retryAfter: 1,
      sql: 'x',
    } as object);
    const problem = toProblem(error, 'r1', '/');
    expect(problem).toMatchObject(details);
    expect(Object.keys(problem)).not.toContain('sql');
  });
});

describe('toSluiceError', () => {
  it('keeps ours', () => {
    const error = new SluiceError('unknown-column', 'No.');
    expect(toSluiceError(error)).toBe(error);
  });

  it.each([
    [404, 'route-not-found'],
    [413, 'body-too-large'],
    [415, 'unsupported-media-type'],
    [400, 'invalid-request'],
    [418, 'invalid-request'],
    [500, 'internal'],
    [503, 'internal'],
  ])('takes the framework’s %d as %s, without its words', (status, code) => {
    const error = toSluiceError(new HttpException('at /srv/app.js', status));
    expect(error.code).toBe(code);
    expect(error.message).not.toContain('/srv');
  });

  it('takes the refusal of a plugin, but not a driver’s error that happens to have a status', () => {
    const plugin = Object.assign(new Error('/srv/docs'), { expose: true, statusCode: 403 });
    expect(toSluiceError(plugin)).toMatchObject({ code: 'route-not-found' });
    expect(toSluiceError(Object.assign(new Error('x'), { statusCode: 404 })).code).toBe('internal');
    expect(toSluiceError(undefined).code).toBe('internal');
  });

  it('says nothing of a fault', () => {
    const error = toSluiceError(new TypeError('select secret from t'));
    expect(error).toMatchObject({ code: 'internal', message: expect.not.stringContaining('secret') });
    expect(toSluiceError(new NotFoundException('Cannot GET /x')).message).toBe(
      'There is nothing at this path.',
    );
  });
});

describe('problemHeaders', () => {
  it('asks for a token, and says when the sent one was bad', () => {
    const error = new SluiceError('unauthenticated', 'No.');
    expect(problemHeaders(error, false)['www-authenticate']).toBe('Bearer realm="sluice"');
    expect(problemHeaders(error, true)['www-authenticate']).toContain('invalid_token');
  });

  it('says when to come back, in whole seconds', () => {
    expect(
      problemHeaders(new SluiceError('overloaded', 'Later.', { retryAfter: 0.2 }), false)['retry-after'],
    ).toBe('1');
    // A store that is away, or an engine, does not know when it will be back.
    expect(problemHeaders(new SluiceError('unavailable', 'Later.'), false)['retry-after']).toBe('2');
    expect(problemHeaders(new SluiceError('query-timeout', 'No.'), false)).not.toHaveProperty('retry-after');
  });
});
