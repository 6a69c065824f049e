import { SettingsError } from '@sluice/service-kit';
import { readExportOrchestratorConfig } from './export-orchestrator.config.js';

describe('readExportOrchestratorConfig', () => {
  it('keeps files for 30 days unless told otherwise', () => {
    expect(readExportOrchestratorConfig({})).toMatchObject({ logLevel: 'info', retentionMs: 2_592_000_000 });
    expect(readExportOrchestratorConfig({ SLUICE_EXPORT_RETENTION_DAYS: '1' }).retentionMs).toBe(86_400_000);
  });

  it('refuses a lease that a late renewal would lose', () => {
    const read = (lease: string, renew: string) => () =>
      readExportOrchestratorConfig({ SLUICE_EXPORT_LEASE_MS: lease, SLUICE_EXPORT_RENEW_EVERY_MS: renew });
    expect(read('2999', '1000')).toThrow('SLUICE_EXPORT_LEASE_MS has to be at least 3 times');
    expect(read('3000', '1000')()).toMatchObject({ leaseMs: 3_000 });
    expect(readExportOrchestratorConfig({}).leaseMs).toBe(30_000);
  });

  it('leaves a file alone for longer than an attempt, its lease and its upload can take', () => {
    expect(readExportOrchestratorConfig({}).reapAfterMs).toBe((360 + 60) * 60_000 + 2 * 30_000);
    const longest = { SLUICE_EXPORT_TIMEOUT_MINUTES: '1440', SLUICE_EXPORT_REAP_MARGIN_MINUTES: '5' };
    expect(readExportOrchestratorConfig(longest).reapAfterMs).toBeGreaterThan(1_440 * 60_000);
  });

  it('names each bad variable', () => {
    const read = (): unknown =>
      readExportOrchestratorConfig({ SLUICE_EXPORT_RETENTION_DAYS: '0', SLUICE_LOG_LEVEL: 'loud' });
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(/SLUICE_EXPORT_RETENTION_DAYS/);
    expect(read).toThrow(/SLUICE_LOG_LEVEL/);
  });
});
