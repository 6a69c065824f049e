import { ERROR_CODES, ErrorCode, SluiceError } from '@sluice/contracts';
import { exportFault } from './export-fault.js';

const transient: ErrorCode[] = [
  'overloaded',
  'unavailable',
  'rpc-timeout',
  'audit-unavailable',
  'export-incomplete',
  'query-canceled',
];

describe('exportFault', () => {
  it.each(Object.keys(ERROR_CODES) as ErrorCode[])('knows %s, and passes on what it says', (code) => {
    const fault = exportFault(new SluiceError(code, 'Said.', { pointer: '/a' }));
    expect(fault).toEqual({
      error: { code, message: 'Said.', details: { pointer: '/a' } },
      transient: transient.includes(code),
    });
  });

  it.each(['ENOSPC', 'ECONNRESET', 'EMFILE'])('takes %s for a fault that passes', (code) => {
    const fault = exportFault(Object.assign(new Error('/secret/path is full'), { code }));
    expect(fault).toMatchObject({ error: { code: 'export-failed' }, transient: true });
    expect(fault.error.message).not.toContain('secret');
  });

  it.each([new TypeError('secret'), Object.assign(new Error('secret'), { code: 'EACCES' }), null, 'secret'])(
    'takes %p for one that stays, and says nothing of it',
    (error) => {
      const fault = exportFault(error);
      expect(fault).toMatchObject({ error: { code: 'export-failed', details: {} }, transient: false });
      expect(fault.error.message).not.toContain('secret');
    },
  );
});
