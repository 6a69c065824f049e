import { countBuffersAsHeap, runMain } from '@sluice/service-kit';
import { readStandaloneConfig } from './standalone.config.js';
import { startStandalone } from './start-standalone.js';

countBuffersAsHeap();

void runMain(async (stopping) => {
  const config = readStandaloneConfig(process.env, process.cwd());
  return startStandalone(config, process.stdout, stopping);
});
