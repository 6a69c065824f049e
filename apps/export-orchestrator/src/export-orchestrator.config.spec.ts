import { SettingsError } from '@sluice/service-kit';
import { readExportOrchestratorConfig } from './export-orchestrator.config.js';

describe('readExportOrchestratorConfig', () => {
  it('keeps files for 30 days unless told otherwise', () => {
    expect(readExportOrchestratorConfig({})).toMatchObject({ logLevel: 'info', retentionMs: 2_592_000_000 });
    expect(readExportOrchestratorConfig({ SLUICE_EXPORT_RETENTION_DAYS: '1' }).retentionMs).toBe(86_400_000);
  });

  it('gives a lease that outlives two lost renewals', () => {
    expect(readExportOrchestratorConfig({}).leaseMs).toBe(30_000);
  });

  it('names each bad variable', () => {
    const read = (): unknown =>
      readExportOrchestratorConfig({ SLUICE_EXPORT_RETENTION_DAYS: '0', SLUICE_LOG_LEVEL: 'loud' });
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(/SLUICE_EXPORT_RETENTION_DAYS/);
    expect(read).toThrow(/SLUICE_LOG_LEVEL/);
  });
});
