import 'reflect-metadata';
import { countBuffersAsHeap, runMain } from '@sluice/service-kit';
import { startNetworkedGateway } from './networked.js';

countBuffersAsHeap();
void runMain((stopping) => startNetworkedGateway(process.env, stopping));
