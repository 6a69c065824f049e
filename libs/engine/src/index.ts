export {
  type AnalyticEngine,
  type EngineCopy,
  type EngineSnapshot,
  type EngineValue,
  type ExportEngine,
  type RunOptions,
} from './analytic-engine.js';
