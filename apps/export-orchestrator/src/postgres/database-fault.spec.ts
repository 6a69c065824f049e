import { SluiceError } from '@sluice/contracts';
import { databaseFault } from './database-fault.js';

const withCode = (code: string): Error => Object.assign(new Error('secret detail'), { code });

describe('databaseFault', () => {
  it.each(['08006', '53300', '57P01', '57014', '55P03', '40P01', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT'])(
    'takes %s for a fault that passes',
    (code) => {
      const fault = databaseFault(withCode(code));
      expect(fault).toMatchObject({ code: 'unavailable', details: { retryAfter: 2 } });
      expect((fault as Error).message).not.toContain('secret');
    },
  );

  it('takes a pool that is used up, and several refusals at once, for faults that pass', () => {
    expect(databaseFault(new Error('timeout exceeded when trying to connect'))).toMatchObject({
      code: 'unavailable',
    });
    expect(databaseFault(new AggregateError([withCode('ECONNREFUSED')]))).toMatchObject({
      code: 'unavailable',
    });
  });

  it.each([
    withCode('23505'),
    withCode('42703'),
    new Error('other'),
    'text',
    new SluiceError('internal', 'x'),
  ])('gives back %p', (error) => {
    expect(databaseFault(error)).toBe(error);
  });
});
