import 'reflect-metadata';
import { runMain } from '@sluice/service-kit';
import { startNetworkedQueryService } from './networked.js';

void runMain(() => startNetworkedQueryService(process.env));
