export { readExportWorkerConfig, type ExportWorkerConfig } from './export-worker.config.js';
export {
  type ExportPlanner,
  type ExportWorkerParts,
  type GovernanceSource,
  type PlannedExport,
} from './ports.js';
export { compress } from './compress/compress.js';
export { PdfEncoder } from './encode/pdf/pdf-encoder.js';
export { signManifest, verifyManifest, type SignedManifest } from '@sluice/contracts';
export { startExportWorker } from './start-export-worker.js';
export { EXPORT_WORKER_SETTINGS } from './export-worker.config.js';
