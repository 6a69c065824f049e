import { SluiceError } from '@sluice/contracts';
import { engineFault, stopFault } from './engine-fault.js';

describe('engineFault', () => {
  it.each([
    ['INTERRUPT Error: Interrupted!', 'query-canceled'],
    ['Out of Memory Error: failed to allocate data of size 16.0 MiB', 'query-too-large'],
    ["Conversion Error: Could not convert string 'PAN-4111' to INT32", 'internal'],
    ['', 'internal'],
  ])('maps %j', (message, code) => {
    const fault = engineFault(new Error(message));
    expect(fault.code).toBe(code);
    expect(JSON.stringify(fault.toPayload())).not.toContain('PAN-4111');
  });

  it('keeps the cause for the log', () => {
    const cause = new Error('Conversion Error: x');
    expect(engineFault(cause).cause).toBe(cause);
  });

  it('leaves our own faults as they are', () => {
    const fault = stopFault('query-timeout');
    expect(engineFault(fault)).toBe(fault);
    expect(fault).toBeInstanceOf(SluiceError);
  });

  it.each([undefined, null, 'text', { message: 7 }])('takes whatever is thrown: %p', (thrown) => {
    expect(engineFault(thrown).code).toBe('internal');
  });
});
