export { readExportOrchestratorConfig, type ExportOrchestratorConfig } from './export-orchestrator.config.js';
export { type ExportOrchestratorParts } from './export-orchestrator.module.js';
export { startExportOrchestrator } from './start-export-orchestrator.js';
export { purgeExports, type Purge } from './use-cases/purge-exports.js';
export { EXPORT_ORCHESTRATOR_SETTINGS } from './export-orchestrator.config.js';
