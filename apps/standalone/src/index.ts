export { readStandaloneConfig, type StandaloneConfig } from './standalone.config.js';
export { startStandalone } from './start-standalone.js';
