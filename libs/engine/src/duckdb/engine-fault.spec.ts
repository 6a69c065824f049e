import { SluiceError } from '@sluice/contracts';
import { canceledFault, engineFault, timeLimitFault } from './engine-fault.js';

describe('engineFault', () => {
  it.each([
    ['INTERRUPT Error: Interrupted!', 'query-canceled'],
    ['Out of Memory Error: failed to allocate data of size 16.0 MiB', 'query-too-large'],
    ["Conversion Error: Could not convert string 'PAN-4111' to INT32", 'internal'],
    ['IO Error: Could not write file "/PAN-4111/spill.tmp": No space left on device', 'unavailable'],
    ['IO Error: Could not read file "/PAN-4111/spill.tmp"', 'internal'],
    ['', 'internal'],
  ])('maps %j', (message, code) => {
    const fault = engineFault(new Error(message));
    expect(fault.code).toBe(code);
    expect(JSON.stringify(fault.toPayload())).not.toContain('PAN-4111');
  });

  it('keeps the cause for the log, without text that could quote a row', () => {
    const harmless = new Error('Binder Error: no such column');
    expect(engineFault(harmless).cause).toBe(harmless);
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    expect(engineFault(full)).toMatchObject({ code: 'unavailable', cause: full });
    const { cause } = engineFault(
      new Error("Conversion Error: Could not convert string 'PAN-4111' to INT32"),
    );
    expect((cause as Error).stack).toContain('Conversion Error (its text may quote rows');
    expect((cause as Error).stack).not.toContain('PAN-4111');
  });

  it('leaves our own faults as they are', () => {
    for (const fault of [canceledFault(), timeLimitFault(250)]) {
      expect(engineFault(fault)).toBe(fault);
      expect(fault).toBeInstanceOf(SluiceError);
    }
  });

  it('names the time limit that was met', () => {
    expect(timeLimitFault(250).toPayload()).toEqual({
      code: 'query-timeout',
      message: 'The query ran longer than its time limit of 250 ms.',
      details: { limit: { name: 'queryMs', value: 250 } },
    });
  });

  it.each([undefined, null, 'text', { message: 7 }])('takes whatever is thrown: %p', (thrown) => {
    expect(engineFault(thrown).code).toBe('internal');
  });
});
