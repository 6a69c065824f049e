import { countBuffersAsHeap, runMain } from '@sluice/service-kit';
import { readStandaloneConfig } from './standalone.config.js';
import { startStandalone } from './start-standalone.js';

countBuffersAsHeap();

const starting = new AbortController();
const stop = (): void => {
  starting.abort();
};
process.once('SIGINT', stop).once('SIGTERM', stop);

void runMain(async () => {
  const config = readStandaloneConfig(process.env, process.cwd());
  const app = await startStandalone(config, process.stdout, starting.signal);
  process.off('SIGINT', stop).off('SIGTERM', stop);
  return app;
});
