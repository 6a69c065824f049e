import 'reflect-metadata';
import { countBuffersAsHeap, runMain } from '@sluice/service-kit';
import { startNetworkedQueryService } from './networked.js';

countBuffersAsHeap();
void runMain(() => startNetworkedQueryService(process.env));
