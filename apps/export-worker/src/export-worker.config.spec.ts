import { readExportWorkerConfig } from './export-worker.config.js';

const secret = 's'.repeat(32);

describe('readExportWorkerConfig', () => {
  it('has defaults for all but the secret', () => {
    expect(readExportWorkerConfig({ SLUICE_SECRET: secret })).toMatchObject({
      logLevel: 'info',
      concurrency: 2,
      exportTimeoutMs: 21_600_000,
      renewEveryMs: 1_000,
    });
    expect(() => readExportWorkerConfig({})).toThrow('SLUICE_SECRET is not set');
  });

  it('names what is out of bounds', () => {
    const env = { SLUICE_SECRET: 'short', SLUICE_EXPORT_CONCURRENCY: '0' };
    expect(() => readExportWorkerConfig(env)).toThrow(/SLUICE_SECRET[^]*SLUICE_EXPORT_CONCURRENCY/);
  });
});
