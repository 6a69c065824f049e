export { readStandaloneConfig, STANDALONE_SETTINGS, type StandaloneConfig } from './standalone.config.js';
export { startStandalone } from './start-standalone.js';
// What the same program as many processes does alike (tools/stack).
export { banner } from './banner.js';
export { ensureDemoClients, type DemoClient } from './demo/demo-clients.js';
export { prepareDemoData } from './demo/prepare-demo-data.js';
export { checkPort } from './free-port.js';
export { homePaths, makeHome, type HomePaths } from './home.js';
export { plainly } from './plainly.js';
export { Progress } from './progress.js';
export { loadOrCreateSecret } from '@sluice/service-kit';
