import { runMain } from '@sluice/service-kit';
import { readNetworkedConfig } from './networked.config.js';
import { startNetworked } from './start-networked.js';

void runMain(() => startNetworked(readNetworkedConfig(process.env)));
