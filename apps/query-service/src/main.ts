import 'reflect-metadata';
import { countBuffersAsHeap, runMain } from '@sluice/service-kit';
import { startNetworkedQueryService } from './networked.js';

countBuffersAsHeap();
void runMain((stopping) => startNetworkedQueryService(process.env, stopping));
