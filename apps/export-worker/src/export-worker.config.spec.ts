import { readExportWorkerConfig } from './export-worker.config.js';

const secret = 'k3j8d0s7f6g5h4j3k2l1q9w8e7r6t5y4';

describe('readExportWorkerConfig', () => {
  it('has defaults for all but the secret', () => {
    expect(readExportWorkerConfig({ SLUICE_SECRET: secret })).toMatchObject({
      logLevel: 'info',
      concurrency: 2,
      exportTimeoutMs: 21_600_000,
      mostPdfBytes: 1_073_741_824,
      renewEveryMs: 1_000,
    });
    expect(() => readExportWorkerConfig({})).toThrow('SLUICE_SECRET is not set');
  });

  it('refuses a lease that a late renewal would lose', () => {
    const env = { SLUICE_SECRET: secret, SLUICE_EXPORT_RENEW_EVERY_MS: '15000' };
    expect(() => readExportWorkerConfig(env)).toThrow('SLUICE_EXPORT_LEASE_MS has to be at least 3 times');
    expect(readExportWorkerConfig({ ...env, SLUICE_EXPORT_LEASE_MS: '45000' }).renewEveryMs).toBe(15_000);
  });

  it('names what is out of bounds', () => {
    const env = { SLUICE_SECRET: 'short', SLUICE_EXPORT_CONCURRENCY: '0', SLUICE_PDF_MAX_MIB: '1025' };
    expect(() => readExportWorkerConfig(env)).toThrow(
      /SLUICE_SECRET[^]*SLUICE_EXPORT_CONCURRENCY[^]*SLUICE_PDF_MAX_MIB/,
    );
  });
});
